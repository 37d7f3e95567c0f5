import { databaseContract } from '../contract/database.js'
import { embedded } from '../contract/subject.js'

databaseContract(embedded)
