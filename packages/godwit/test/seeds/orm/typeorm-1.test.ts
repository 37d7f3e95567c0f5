import { typeormSuite } from './typeorm-suite.js'

typeormSuite('typeorm')
