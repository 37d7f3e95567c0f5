import { hostname } from 'node:os'
import type { Db, MongoClient, MongoClientOptions } from 'mongodb'
import { toConnectionError } from './connection-errors.js'
import { loadDriver } from './driver.js'
import type { Place } from './url.js'

const DECIDE_WITHIN_MS = 10_000
const WITH_TRANSACTIONS = new Set(['ReplicaSetWithPrimary', 'Sharded', 'LoadBalanced', 'RSPrimary'])

/** A client on one database. */
export interface Connection {
  client: MongoClient
  db: Db
  place: Place
  options: MongoClientOptions
  /** The servers have transactions: a replica set, or what stands before several. */
  transactions: boolean
  /** No server that takes writes is there. */
  readOnly: boolean
}

/**
 * Connects as the URL says.
 *
 * @throws GodwitError GODWIT_MONGO_URL_INVALID, GODWIT_CONNECTION_…, GODWIT_PEER_MISSING
 */
export async function connect(place: Place, projectDir: string): Promise<Connection> {
  const { MongoClient } = await loadDriver(projectDir)
  const options: MongoClientOptions = {
    appName: `godwit (${hostname()}, pid ${process.pid})`,
    // Unless the URL says otherwise: nobody waits half a minute for a server that is not there.
    ...(/[?&]serverSelectionTimeoutMS=/i.test(place.url) ? {} : { serverSelectionTimeoutMS: DECIDE_WITHIN_MS }),
  }
  let client: MongoClient | undefined
  try {
    client = new MongoClient(place.url, options)
    const topology = watchTopology(client)
    await client.connect()
    const db = client.db()
    return { client, db, place: { ...place, database: db.databaseName }, options, ...topology() }
  } catch (error) {
    await client?.close().catch(() => {})
    throw toConnectionError(error, place)
  }
}

// `hello` is not answered everywhere as a command; the driver has asked it by itself.
function watchTopology(client: MongoClient): () => Pick<Connection, 'transactions' | 'readOnly'> {
  let type = 'Unknown'
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    // Reached directly, a member of a set says itself what it is.
    const [only] = newDescription.servers.values()
    type = newDescription.type === 'Single' ? (only?.type ?? 'Unknown') : newDescription.type
  })
  return () => ({
    transactions: WITH_TRANSACTIONS.has(type),
    readOnly: type === 'ReplicaSetNoPrimary' || type === 'RSSecondary',
  })
}
