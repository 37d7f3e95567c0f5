import { auth } from './auth.js'
import type { SchemaTemplate } from './description.js'

/** The schemas that come with Godwit, for the formats that write SQL. */
export const schemas: readonly SchemaTemplate[] = [auth]
