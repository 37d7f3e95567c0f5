import { manyTables } from './typeorm-many-tables.js'

manyTables('typeorm-0.3')
