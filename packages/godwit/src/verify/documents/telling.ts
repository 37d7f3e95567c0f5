import type { Document } from 'mongodb'
import type { Scratch } from '../../databases/mongodb/scratch.js'
import type { GodwitError } from '../../errors.js'
import type { Picture } from '../picture.js'
import { lookAtDocuments } from './look.js'
import type { ProbeDocument, SampleDocuments } from './samples.js'

/** Documents by collection and the text of their id. */
export type Snapshot = ReadonlyMap<string, ReadonlyMap<string, Document>>

/** What is tried with documents that no rule of the collection speaks of. */
export interface TellingParts {
  scratch: Scratch
  samples: SampleDocuments
  /** What was there before the first up. */
  first: Snapshot
  /** Fields that the migration's code may speak of. */
  fields: readonly string[]
  run: (direction: 'up' | 'down') => Promise<GodwitError | undefined>
}

/** A document that is given what the up sets in others. */
interface Existing {
  collection: string
  document: Document
  fields: readonly string[]
}

const MOST = 10_000

/** Reads every document. */
export async function snapshot({ db, bson, isOwn }: Scratch): Promise<Snapshot> {
  const found = new Map<string, Map<string, Document>>()
  for (const { name, type } of await db.listCollections().toArray()) {
    if (type === 'view' || isOwn(name) || name.startsWith('system.')) continue
    const documents = await db.collection(name).find({}, { limit: MOST }).toArray()
    found.set(name, new Map(documents.map((document) => [bson.EJSON.stringify(document._id), document])))
  }
  return found
}

/**
 * Puts documents there that tell more than those made by rules: such as have already what the up sets, where the up leaves that alone, and such
 * as have a field that the migration's code speaks of, where the up changes it. Which those are is found out by an up and a down.
 *
 * @returns what is there then, ahead of the up; the database is behind the up again. `undefined`: nothing tells more
 * @throws what an up or a down fails with on such documents: nothing follows from it
 */
export async function putTelling(parts: TellingParts): Promise<Picture | undefined> {
  const { scratch, samples, first } = parts
  const existing = existingOf(first, await snapshot(scratch))
  const known = new Set(existing.flatMap(({ fields }) => fields))
  await runOrThrow(parts, 'down')
  const put = await putExisting(parts, existing)
  const probes = await samples.probe(
    scratch,
    parts.fields.filter((field) => !known.has(field)),
  )
  await runOrThrow(parts, 'up')
  const changed = await snapshot(scratch)
  await runOrThrow(parts, 'down')
  const left = put.filter((each) => each.fields.every((field) => same(parts, each, changed, field)))
  const telling = probes.filter((probe) => !same(parts, probe, changed, probe.field))
  for (const { collection, document } of probes)
    await scratch.db.collection(collection).deleteOne({ _id: document._id })
  for (const each of put)
    await replace(scratch, each.collection, left.includes(each) ? each.document : original(parts, each))
  for (const { collection, document } of telling) await scratch.db.collection(collection).insertOne(document)
  const picture = left.length + telling.length > 0 ? await lookAtDocuments(scratch) : undefined
  await runOrThrow(parts, 'up')
  return picture
}

// One document of a collection is enough.
function existingOf(first: Snapshot, now: Snapshot): Existing[] {
  return [...first].flatMap(([collection, documents]) => {
    for (const [id, before] of documents) {
      const after = now.get(collection)?.get(id) ?? {}
      const fields = Object.keys(after).filter((field) => !(field in before))
      if (fields.length === 0) continue
      const others = fields.map((field) => [field, another(after[field])])
      return [{ collection, fields, document: { ...before, ...Object.fromEntries(others) } }]
    }
    return []
  })
}

// Of the same kind, and not what the up sets.
function another(value: unknown): unknown {
  if (typeof value === 'string') return `${value} sample`
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  if (Array.isArray(value)) return [...value, 'sample']
  if (value instanceof Date) return new Date(value.getTime() + 86_400_000)
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  return isPlain ? { ...value, sample: true } : value
}

// What the collection's rules refuse, no document has.
async function putExisting({ scratch }: TellingParts, existing: readonly Existing[]): Promise<Existing[]> {
  const put: Existing[] = []
  for (const each of existing) {
    const taken = await replace(scratch, each.collection, each.document).catch(() => false)
    if (taken !== false) put.push(each)
  }
  return put
}

async function replace({ db }: Scratch, collection: string, document: Document): Promise<void> {
  const { _id, ...rest } = document
  await db.collection(collection).replaceOne({ _id }, rest)
}

function same(
  { scratch: { bson } }: TellingParts,
  { collection, document }: Pick<ProbeDocument, 'collection' | 'document'>,
  now: Snapshot,
  field: string,
): boolean {
  const text = (value: unknown) => bson.EJSON.stringify(value ?? null, { relaxed: false })
  const found = now.get(collection)?.get(bson.EJSON.stringify(document._id))
  return text(found?.[field]) === text(document[field])
}

function original({ scratch: { bson }, first }: TellingParts, { collection, document }: Existing): Document {
  return first.get(collection)?.get(bson.EJSON.stringify(document._id)) ?? document
}

async function runOrThrow({ run }: TellingParts, direction: 'up' | 'down'): Promise<void> {
  const error = await run(direction)
  if (error !== undefined) throw error
}
