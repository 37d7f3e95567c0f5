import { changes } from './typeorm-cases.js'
import { comesToAnEnd, leads } from './typeorm-suite.js'

leads('typeorm-0.3', changes, 'server')
comesToAnEnd('typeorm-0.3')
