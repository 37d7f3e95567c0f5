import { runSuite } from './suites/run.js'

runSuite('typeorm')
