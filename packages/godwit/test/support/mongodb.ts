import { randomBytes } from 'node:crypto'
import { type Db, MongoClient } from 'mongodb'
import { describe, inject, onTestFinished } from 'vitest'

const server = inject('mongodb')

/** `describe` for what needs a MongoDB server: skipped where none can be had, as the run's first lines say. */
export const describeMongo = describe.skipIf('missing' in server)

/** `describe` for what needs sessions and transactions as well. */
export const describeReplicaSet = describe.skipIf('missing' in server || !server.replicaSet)

/** A fresh, empty database on the run's server, dropped when the test ends. */
export interface TestMongoDatabase {
  url: string
  name: string
  db: Db
  client: MongoClient
}

/** Names an empty database for the running test, and connects to it. */
export async function createMongoDatabase(): Promise<TestMongoDatabase> {
  if ('missing' in server) throw new Error(server.missing)
  const name = `test_${randomBytes(6).toString('hex')}`
  const url = urlOf(server.url, name)
  const client = await MongoClient.connect(url)
  onTestFinished(async () => {
    await client.db(name).dropDatabase()
    await client.close()
  })
  return { url, name, db: client.db(name), client }
}

function urlOf(serverUrl: string, name: string): string {
  const [, place = serverUrl, given, options = ''] =
    /^(\w+(?:\+srv)?:\/\/[^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(serverUrl) ?? []
  const query = new URLSearchParams(options)
  // Without it the database of the URL is the one that knows the user.
  if (place.includes('@') && !query.has('authSource')) query.set('authSource', given || 'admin')
  return `${place}/${name}${query.size > 0 ? `?${query}` : ''}`
}
