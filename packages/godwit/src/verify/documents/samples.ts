import type { Document } from 'mongodb'
import type { Scratch } from '../../databases/mongodb/scratch.js'
import { type Schema, sampleDocument, sampleId } from './sample-values.js'

/** So many documents a collection gets. */
const DOCUMENTS = 3

/** A collection with what its documents must be. */
interface Described {
  name: string
  schema: Schema
  /** Fields of its indexes. */
  indexed: string[]
}

/** A document that was put into a collection, with a field that no other has. */
export interface ProbeDocument {
  collection: string
  document: Document
  field: string
}

/** Puts sample documents into collections, and remembers which: one whose rules change gets more. */
export class SampleDocuments {
  readonly #filled = new Map<string, string>()
  #next = 1

  /** @returns collections that got none, with the reason, a sentence each */
  async fill(scratch: Scratch): Promise<string[]> {
    const reasons: string[] = []
    const first = this.#next
    for (const described of await describe(scratch)) {
      const { name } = described
      const rules = JSON.stringify(described)
      if (this.#filled.get(name) === rules) continue
      const reason = await insertAll(scratch, described, first)
      if (reason !== undefined) reasons.push(`${name}: ${reason}`)
      this.#filled.set(name, rules)
    }
    this.#next = first + DOCUMENTS
    return reasons
  }

  /**
   * Documents beside the others that have one more field each.
   *
   * @returns those that the server takes
   */
  async probe(scratch: Scratch, fields: readonly string[]): Promise<ProbeDocument[]> {
    const put: ProbeDocument[] = []
    for (const described of await describe(scratch)) {
      for (const field of fields) {
        const row = this.#next++
        const plain = { _id: sampleId(row, scratch.bson), ...documentOf(scratch, described, row) }
        if (field in plain) continue
        const document = { ...plain, [field]: `Sample ${row}` }
        if ((await insert(scratch, described.name, document)) === undefined)
          put.push({ collection: described.name, document, field })
      }
    }
    return put
  }
}

async function describe({ db, isOwn }: Scratch): Promise<Described[]> {
  const found: Described[] = []
  for (const { name, type, ...rest } of await db.listCollections().toArray()) {
    if (type === 'view' || isOwn(name) || name.startsWith('system.')) continue
    const { options = {} } = rest as { options?: Document }
    const indexes = await db.collection(name).listIndexes().toArray()
    const indexed = indexes.flatMap(({ key = {} }) => Object.keys(key)).filter((field) => /^[A-Za-z]\w*$/.test(field))
    found.push({ name, schema: options.validator?.$jsonSchema ?? {}, indexed })
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

// What no rule speaks of still has the fields of its indexes.
function documentOf({ bson }: Scratch, { schema, indexed }: Described, row: number): Document {
  const plain = Object.fromEntries(indexed.map((field) => [field, `Sample ${row}`]))
  return { ...(schema.additionalProperties === false ? {} : plain), ...sampleDocument(schema, row, bson) }
}

async function insertAll(scratch: Scratch, described: Described, first: number): Promise<string | undefined> {
  for (let row = first; row < first + DOCUMENTS; row++) {
    const document = { _id: sampleId(row, scratch.bson), ...documentOf(scratch, described, row) }
    const reason = await insert(scratch, described.name, document)
    // One document is enough to see what becomes of it.
    if (reason !== undefined && row === first) return reason
  }
  return undefined
}

async function insert({ db }: Scratch, collection: string, document: Document): Promise<string | undefined> {
  try {
    await db.collection(collection).insertOne(document)
    return undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error.message
    throw error
  }
}
