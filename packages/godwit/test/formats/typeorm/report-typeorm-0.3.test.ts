import { reportSuite } from './suites/report.js'

reportSuite('typeorm-0.3')
