import { createHash } from 'node:crypto'
import type { Document } from 'mongodb'
import { type CatalogObject, keyOf } from '../../catalog/read.js'
import type { Scratch } from '../../databases/mongodb/scratch.js'
import type { Picture, Rows } from '../picture.js'

/** Larger collections are only counted. */
const MOST_DOCUMENTS = 10_000

/** Reads the whole database: collections with their options and indexes, and each document as hashes of its fields. */
export async function lookAtDocuments({ db, bson, isOwn }: Scratch): Promise<Picture> {
  const objects = new Map<string, CatalogObject>()
  const rows = new Map<string, Rows>()
  const text = (value: unknown) => bson.EJSON.stringify(value, { relaxed: false })
  const add = (kind: string, at: string[], value: unknown) => {
    objects.set(keyOf(kind, at), { kind, at, says: value === undefined ? '' : text(value) })
  }
  for (const { name, type = 'collection', ...rest } of await db.listCollections().toArray()) {
    if (isOwn(name) || name.startsWith('system.')) continue
    add(type, [name], undefined)
    for (const [option, value] of Object.entries((rest as { options?: Document }).options ?? {}))
      add('option', [name, option], value)
    if (type === 'view') continue
    const collection = db.collection(name)
    for (const { name: index, v: _, ns: __, ...says } of await collection.listIndexes().toArray())
      add('index', [name, index], says)
    const documents = await collection.find({}, { limit: MOST_DOCUMENTS + 1, promoteValues: false }).toArray()
    const whole = documents.length <= MOST_DOCUMENTS
    rows.set(
      name,
      whole ? rowsOf(documents, text) : { count: await collection.countDocuments(), columns: [], open: true },
    )
  }
  return { objects, rows, sequences: new Map() }
}

function rowsOf(documents: readonly Document[], text: (value: unknown) => string): Rows {
  const columns = [...new Set(documents.flatMap((document) => Object.keys(document)))].sort()
  const hashes = documents.map((document) =>
    columns.map((field) => (field in document ? createHash('md5').update(text(document[field])).digest('hex') : null)),
  )
  return { count: documents.length, columns, hashes, open: true }
}
