import type { Document, Filter } from 'mongodb'
import { type Bson, valueAt } from './bson.js'

/** A filter for documents that have the fields of one of these: what all of them share is asked once. */
export function anyOf(wanted: readonly Document[], fields: readonly string[], bson: Bson): Filter<Document> {
  const [first = {}] = wanted
  const isShared = (field: string) => {
    const text = bson.textOf([valueAt(first, field)])
    return wanted.every((each) => bson.textOf([valueAt(each, field)]) === text)
  }
  const own = fields.filter((field) => !isShared(field))
  const shared = equal(
    first,
    fields.filter((field) => !own.includes(field)),
  )
  const [only] = own
  if (only === undefined) return shared
  if (own.length === 1) return { ...shared, [only]: { $in: wanted.map((each) => valueAt(each, only)) } }
  return { ...shared, $or: wanted.map((each) => equal(each, own)) }
}

function equal(document: Document, fields: readonly string[]): Filter<Document> {
  return Object.fromEntries(fields.map((field) => [field, { $eq: valueAt(document, field) ?? null }]))
}
