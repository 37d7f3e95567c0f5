import type { Document } from 'mongodb'
import type { Upsert } from '../../seeding.js'
import { valueAt } from './bson.js'
import { anyOf } from './query.js'
import type { SeedWork } from './work.js'

/** A document that is there, to be compared and as it is. */
export interface There {
  value: Document
  /** The same for the same key. */
  key: string
  exact: () => Document
}

/**
 * Finds the documents that have the key of some rows; where rows give an `_id` beside their key, those that have it too.
 *
 * @param values the rows as they would be read back
 */
export async function documentsThere(
  { session, within, bson }: Pick<SeedWork, 'session' | 'within' | 'bson'>,
  { key, place }: Pick<Upsert, 'key' | 'place'>,
  values: readonly Document[],
): Promise<{ byKey: Map<string, There>; byId: Map<string, There> }> {
  const ids = key.includes('_id') ? [] : values.filter((value) => '_id' in value).map((value) => value._id)
  const filter = anyOf(values, key, bson)
  const fields = new Set(['_id', ...key.map((path) => path.split('.', 1)[0] as string), ...values.flatMap(Object.keys)])
  const projection = Object.fromEntries([...fields].map((field) => [field, 1]))
  const found = session.connection.db
    .collection(place)
    .find(ids.length === 0 ? filter : { $or: [filter, { _id: { $in: ids } }] }, { projection, raw: true, ...within })
  const [byKey, byId] = [new Map<string, There>(), new Map<string, There>()]
  for await (const raw of found) {
    const bytes = raw as unknown as Uint8Array
    const value = bson.comparable(bytes)
    const text = bson.textOf(key.map((field) => valueAt(value, field)))
    const there = { value, key: text, exact: () => bson.exact(bytes) }
    byKey.set(text, there)
    if (ids.length > 0) byId.set(bson.textOf([value._id]), there)
  }
  return { byKey, byId }
}
