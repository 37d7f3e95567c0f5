import { reportSuite } from './suites/report.js'

reportSuite('typeorm')
