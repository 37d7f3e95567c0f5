import { changes } from './typeorm-cases.js'
import { comesToAnEnd, leads } from './typeorm-suite.js'

leads('typeorm', changes, 'server')
leads(
  'typeorm',
  changes.filter((_, index) => index % 6 === 0),
  'PGlite',
)
comesToAnEnd('typeorm')
