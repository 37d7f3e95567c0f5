import { projectSuite } from './suites/project.js'

projectSuite('typeorm')
