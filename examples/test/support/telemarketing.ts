import { fileURLToPath } from 'node:url'
import { createMongoDatabase, type TestMongoDatabase } from '../../../packages/godwit/test/support/mongodb.js'
import { type Clone, cloneOf } from './clone.js'

export const example = fileURLToPath(new URL('../../telemarketing-api', import.meta.url))

/** A fresh copy of the telemarketing API, on a database of its own. */
export type Telemarketing = Clone & TestMongoDatabase

export async function cloneExample(): Promise<Telemarketing> {
  const database = await createMongoDatabase()
  const clone = await cloneOf('telemarketing-api', { env: { MONGODB_URI: database.url } })
  return { ...database, ...clone }
}
