import { runSuite } from './suites/run.js'

runSuite('typeorm-0.3')
