import { torture } from './torture.js'

torture(({ format }) => format === 'sql')
