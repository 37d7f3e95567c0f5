import { torture } from './torture.js'

torture(({ format }) => format === 'node-pg-migrate')
