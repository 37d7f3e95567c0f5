import { databaseContract } from '../contract/database.js'
import { servers } from '../contract/subject.js'

for (const server of servers.filter(({ name }) => name === 'PostgreSQL 15')) databaseContract(server)
