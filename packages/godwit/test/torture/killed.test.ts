import { killing } from './torture.js'

killing()
