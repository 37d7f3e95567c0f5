import { projectSuite } from './suites/project.js'

projectSuite('typeorm-0.3')
