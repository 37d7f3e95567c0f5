import type { Collection, Document } from 'mongodb'
import type { HistoryCollection } from '../../formats/contract.js'
import { type Patience, poll } from '../lease/poll.js'
import type { Connection } from './connection.js'

type PeerLock = NonNullable<HistoryCollection['peerLock']>

/**
 * Takes the lock of the format's own tool: any document in its collection says that somebody runs. Ours bears the token of
 * our lease: names are alike where two containers are. Behind that lease, so that a document of Godwit's can only be a dead
 * runner's.
 *
 * @throws GodwitError GODWIT_LOCKED when the time is up
 */
export async function takePeerLock(
  connection: Connection,
  lock: PeerLock,
  token: string,
  patience: Patience,
): Promise<void> {
  const documents = lockCollection(connection, lock)
  await clearPeerLock(connection, lock)
  await poll(patience, async () => {
    if ((await others(documents, token)) > 0) return { holder: `the format's own tool, by a document in ${lock.name}` }
    await documents.insertOne({ createdAt: new Date(), godwit: token })
    if ((await others(documents, token)) === 0) return { got: undefined }
    await freePeerLock(connection, lock, token)
    return { holder: `the format's own tool, by a document in ${lock.name}` }
  })
  // As that tool makes it, so that what a dead runner leaves goes by itself.
  await documents.createIndex({ createdAt: 1 }, { expireAfterSeconds: lock.ttlSeconds }).catch(() => {})
}

/** Gives it back. */
export async function freePeerLock(connection: Connection, lock: PeerLock, token: string): Promise<void> {
  await lockCollection(connection, lock).deleteMany({ godwit: token })
}

/** Takes away what dead runners of Godwit's left there. */
export async function clearPeerLock(connection: Connection, lock: PeerLock): Promise<void> {
  await lockCollection(connection, lock).deleteMany({ godwit: { $exists: true } })
}

function others(documents: Collection<Document>, token: string): Promise<number> {
  return documents.countDocuments({ godwit: { $ne: token } })
}

function lockCollection({ db }: Connection, { name }: PeerLock): Collection<Document> {
  return db.collection(name, { writeConcern: { w: 'majority' }, readPreference: 'primary' })
}
