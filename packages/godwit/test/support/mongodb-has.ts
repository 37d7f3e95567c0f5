import { randomBytes } from 'node:crypto'
import { type Db, MongoClient } from 'mongodb'
import { inject } from 'vitest'

const server = inject('mongodb')

/**
 * Whether the run's server has what not every one has: it is asked for it, in a database of its own. Where it refuses, one
 * line says what is skipped and why.
 */
export async function serverHas(
  what: string,
  ask: (db: Db, client: MongoClient) => Promise<unknown>,
): Promise<boolean> {
  if ('missing' in server) return false
  const client = await MongoClient.connect(server.url)
  const db = client.db(`test_${randomBytes(6).toString('hex')}`)
  try {
    await ask(db, client)
    return true
  } catch (error) {
    process.stderr.write(`Tests of ${what} are skipped: ${error instanceof Error ? error.message : error}.\n`)
    return false
  } finally {
    await db.dropDatabase()
    await client.close()
  }
}
