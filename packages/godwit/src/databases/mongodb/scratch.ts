import { createHash, randomBytes } from 'node:crypto'
import type { BSON, Db, Document } from 'mongodb'
import type { HistoryCollection } from '../../formats/contract.js'
import type { OpenOptions, Target } from '../contract.js'
import { connect } from './connection.js'
import { loadDriver } from './driver.js'
import { recordNames } from './records.js'
import { MongoTarget } from './target.js'
import { onMongoDatabase, placeOf } from './url.js'

/** A database that is made for one question and dropped behind it. */
export interface Scratch {
  target: Target
  /** For reading and for samples, on a client of its own. */
  db: Db
  /** The driver's values of BSON. */
  bson: typeof BSON
  /** Whether a collection is the history, or one of Godwit's records. */
  isOwn: (collection: string) => boolean
  /** What is in it but for history and records: collections by name. */
  content: () => Promise<Map<string, CollectionContent>>
  /** Drops it and closes what leads to it; once. */
  drop: () => Promise<void>
}

/** One collection. */
export interface CollectionContent {
  documents: number
  /** Of every document, index and option: what is equal has the same. */
  hash: string
}

/**
 * Makes a database of a name that nobody has, on the server of a URL (rule 31).
 *
 * @throws GodwitError GODWIT_CONNECTION_…
 */
export async function openScratch(url: string, history: HistoryCollection, options: OpenOptions): Promise<Scratch> {
  const place = placeOf(scratchUrl(url))
  const target = await MongoTarget.open(place, history, options)
  const reader = await connect(place, options.projectDir).catch(async (error: unknown) => {
    await target.close()
    throw error
  })
  const { BSON: bson } = await loadDriver(options.projectDir)
  const text = (document: Document) => bson.EJSON.stringify(document, { relaxed: false })
  const own = new Set([...recordNames(options.schema), history.name, history.peerLock?.name])
  let dropped = false
  return {
    target,
    db: reader.db,
    bson,
    isOwn: (collection) => own.has(collection),
    content: () => contentOf(reader.db, own, text),
    drop: async () => {
      if (dropped) return
      dropped = true
      await target.close()
      await reader.db.dropDatabase().catch(() => {})
      await reader.client.close()
    },
  }
}

function scratchUrl(url: string): string {
  return onMongoDatabase(url, `godwit_shadow_${randomBytes(6).toString('hex')}`)
}

async function contentOf(
  db: Db,
  own: ReadonlySet<string | undefined>,
  text: (document: Document) => string,
): Promise<Map<string, CollectionContent>> {
  const found = new Map<string, CollectionContent>()
  for (const { name, type, ...rest } of await db.listCollections().toArray()) {
    if (own.has(name) || name.startsWith('system.')) continue
    const { options = {} } = rest as { options?: Document }
    const digest = createHash('sha256').update(text({ type, options }))
    if (type === 'view') {
      found.set(name, { documents: 0, hash: digest.digest('hex') })
      continue
    }
    const collection = db.collection(name)
    const indexes = await collection.listIndexes().toArray()
    digest.update(indexes.map(text).sort().join())
    let documents = 0
    for await (const document of collection.find({}, { sort: { _id: 1 } })) {
      documents++
      digest.update(text(document))
    }
    found.set(name, { documents, hash: digest.digest('hex') })
  }
  return found
}
