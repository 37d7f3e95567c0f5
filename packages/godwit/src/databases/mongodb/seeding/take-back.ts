import type { AnyBulkWriteOperation, Document, Filter } from 'mongodb'
import { noCounts } from '../../seed-counts.js'
import type { SeedPart } from '../records.js'
import type { MongoSession } from '../session.js'
import type { Bson } from './bson.js'
import { partsOf } from './entry.js'
import { anyOf } from './query.js'

/** Of which collections how many documents were taken. */
export type Taken = Map<string, number>

/**
 * Takes back what a seed wrote that did not end: the last first, so that a document that was changed twice becomes what it was.
 * May be stopped anywhere and begun again.
 *
 * @param goOn asked before every part
 */
export async function takeBack(
  { connection, records }: Pick<MongoSession, 'connection' | 'records'>,
  entry: number,
  goOn: () => Promise<void>,
  bson: Bson,
): Promise<Taken> {
  const taken: Taken = new Map()
  await goOn()
  // It may be done: what failed came behind that.
  if ((await records.seeds.findOne({ _id: entry, outcome: 'open' })) === null) return taken
  for await (const part of records.seedRows.find(partsOf(entry), { ...exactly, sort: { _id: -1 } })) {
    await goOn()
    const documents = connection.db.collection(part.place)
    const inserted = insertedBy(part, bson)
    if (inserted !== undefined) {
      const { deletedCount } = await documents.deleteMany(inserted)
      taken.set(part.place, (taken.get(part.place) ?? 0) + deletedCount)
    }
    const restored = [...(part.changed ?? []).flatMap(restore), ...(part.former ?? []).map(replace)]
    if (restored.length > 0) await documents.bulkWrite(restored)
    await records.seedRows.deleteOne({ _id: part._id })
  }
  await records.seeds.updateOne({ _id: entry }, { $set: { outcome: 'failed', ...noCounts(), finishedAt: new Date() } })
  return taken
}

// Numbers come back as the kind that they were.
const exactly = { promoteValues: false, promoteLongs: false, promoteBuffers: false } as const

function insertedBy({ ids, key, keys }: SeedPart, bson: Bson): Filter<Document> | undefined {
  if (ids !== undefined) return { _id: { $in: ids } }
  return key === undefined || keys === undefined || keys.length === 0 ? undefined : anyOf(keys, key, bson)
}

// Only where the seed's value still stands: what somebody wrote since then stays.
function restore({ id, was, gets }: NonNullable<SeedPart['changed']>[number]): AnyBulkWriteOperation<Document>[] {
  return Object.entries(gets).map(([field, value]) => ({
    updateOne: {
      filter: { _id: id, [field]: { $eq: value } },
      update: field in was ? { $set: { [field]: was[field] } } : { $unset: { [field]: '' } },
    },
  }))
}

function replace(document: Document): AnyBulkWriteOperation<Document> {
  const { _id, ...replacement } = document
  return { replaceOne: { filter: { _id }, replacement } }
}
