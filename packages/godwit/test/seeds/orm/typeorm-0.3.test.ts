import { typeormSuite } from './typeorm-suite.js'

typeormSuite('typeorm-0.3')
