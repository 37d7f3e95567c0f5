import { hasItsOwnSchema } from './typeorm-own-schema.js'

hasItsOwnSchema('typeorm')
