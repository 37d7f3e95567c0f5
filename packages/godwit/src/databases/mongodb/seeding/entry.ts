import { hostname } from 'node:os'
import type { Document } from 'mongodb'
import { userName } from '../../lease/owner.js'
import { noCounts } from '../../seed-counts.js'
import type { SeedCounts, SeedIdentity } from '../../seeding.js'
import { type AnyId, PARTS_AN_ENTRY, type SeedDocument, type SeedPart } from '../records.js'
import type { MongoSession } from '../session.js'
import type { Bson } from './bson.js'
import { anyOf } from './query.js'
import type { Within } from './transaction.js'
import { writeErrorsOf } from './write-errors.js'

const PART_BYTES = 4 * 1024 * 1024

/** What is recorded of one seed at work. There is nothing of it before the first batch that changes something. */
export class SeedRecords {
  readonly #session: MongoSession
  readonly #identity: SeedIdentity
  readonly #bson: Bson
  readonly #within: () => Within
  #number: number | undefined
  #parts = 0
  #former = false
  readonly #noted: SeedPart[] = []

  /** @param within the transaction that is open, if any */
  constructor(session: MongoSession, identity: SeedIdentity, bson: Bson, within: () => Within) {
    this.#session = session
    this.#identity = identity
    this.#bson = bson
    this.#within = within
  }

  /** Of the entry; undefined: there is none. */
  get number(): number | undefined {
    return this.#number
  }

  /** Makes the entry, if there is none. */
  async open(): Promise<number> {
    if (this.#number !== undefined) return this.#number
    const { seeds } = this.#session.records
    const number = await nextEntry(this.#session)
    // Before it is there: its answer may be lost.
    this.#number = number
    await seeds.insertOne(entryOf(this.#session, number, { ...this.#identity, outcome: 'open' }), this.#within())
    return number
  }

  /** Says which documents come. */
  async inserts(place: string, ids: AnyId[]): Promise<SeedPart> {
    return this.#add(place, { ids })
  }

  /** Says which documents come, by their keys. */
  async noted(place: string, key: readonly string[], keys: Document[]): Promise<void> {
    this.#noted.push(await this.#add(place, { key, keys }))
  }

  /** Keeps what documents are before they are changed. */
  async changes(place: string, changed: NonNullable<SeedPart['changed']>): Promise<void> {
    for (const some of this.#inParts(changed)) await this.#add(place, { changed: some })
    this.#former ||= changed.length > 0
  }

  /** The same for whole documents. */
  async former(place: string, documents: readonly Document[]): Promise<void> {
    for (const some of this.#inParts(documents)) await this.#add(place, { former: some })
    this.#former ||= documents.length > 0
  }

  /** A document that was there already, or came from elsewhere meanwhile, is not to be taken back. */
  async withoutRefused(part: SeedPart, error: unknown): Promise<void> {
    const refused = new Set(writeErrorsOf(error).map(({ index }) => index))
    if (refused.size === 0) return
    const ids = part.ids?.filter((_, index) => !refused.has(index)) ?? []
    await this.#session.records.seedRows.updateOne({ _id: part._id }, { $set: { ids } }).catch(() => {})
  }

  /** Says that the seed is done. What documents were before is of no use any more. */
  async done(counts: SeedCounts): Promise<void> {
    const entry = await this.open()
    const { seeds } = this.#session.records
    for (const part of this.#noted) await this.#settle(part)
    const sweep = this.#former ? { sweep: true as const } : {}
    const done = { outcome: 'done' as const, ...counts, ...sweep, finishedAt: new Date() }
    await seeds.updateOne({ _id: entry }, { $set: done }, this.#within())
    if (!this.#former) return
    const swept = dropFormer(this.#session, entry, this.#within())
    // Outside of a transaction it is done by now; what is left there goes with the next seed.
    await (this.#within().session === undefined ? swept.catch(() => {}) : swept)
  }

  async #add(place: string, what: Omit<SeedPart, '_id' | 'history' | 'seed' | 'place'>): Promise<SeedPart> {
    const entry = await this.open()
    const history = this.#session.history.name
    const _id = entry * PARTS_AN_ENTRY + this.#parts++
    const part = { _id, history, seed: this.#identity.name, place, ...what }
    await this.#session.records.seedRows.insertOne(part, this.#within())
    return part
  }

  // From keys to the documents that came of them.
  async #settle({ _id, place, key = [], keys = [] }: SeedPart): Promise<void> {
    const { records, connection } = this.#session
    const within = this.#within()
    const filter = anyOf(keys, key, this.#bson)
    const found = connection.db.collection(place).find(filter, { projection: { _id: 1 }, ...within })
    const ids = (await found.toArray()).map((document) => document._id)
    await records.seedRows.updateOne({ _id }, { $set: { ids }, $unset: { key: '', keys: '' } }, within)
  }

  *#inParts<T extends Document>(documents: readonly T[]): Iterable<T[]> {
    let [part, bytes]: [T[], number] = [[], 0]
    for (const document of documents) {
      const size = this.#bson.size(document)
      if (part.length > 0 && bytes + size > PART_BYTES) {
        yield part
        part = []
        bytes = 0
      }
      part.push(document)
      bytes += size
    }
    if (part.length > 0) yield part
  }
}

/** Drops what documents were before a seed that is done. */
export async function dropFormer({ records }: MongoSession, entry: number, within: Within = {}): Promise<void> {
  await records.seedRows.deleteMany({ ...partsOf(entry), ids: { $exists: false } }, within)
  await records.seeds.updateOne({ _id: entry }, { $unset: { sweep: '' } }, within)
}

/** A filter for the parts of an entry. */
export function partsOf(entry: number): { _id: { $gte: number; $lt: number } } {
  return { _id: { $gte: entry * PARTS_AN_ENTRY, $lt: (entry + 1) * PARTS_AN_ENTRY } }
}

/** The number of the next entry: it grows over all seeds, under the lease. */
export async function nextEntry({ records }: MongoSession, within: Within = {}): Promise<number> {
  const last = await records.seeds.findOne({}, { ...within, sort: { _id: -1 }, projection: { _id: 1 } })
  return (last?._id ?? 0) + 1
}

/** An entry of this run. */
export function entryOf(
  { run, history }: MongoSession,
  number: number,
  entry: Pick<SeedDocument, 'name' | 'hash' | 'environment' | 'outcome'> & { deleted?: number },
): SeedDocument {
  const { name, hash, environment, outcome, deleted = 0 } = entry
  const at = new Date()
  return {
    _id: number,
    history: history.name,
    name,
    hash,
    environment,
    outcome,
    ...noCounts(),
    deleted,
    run: run?.id ?? 0,
    osUser: userName(),
    host: hostname(),
    startedAt: at,
    finishedAt: outcome === 'open' ? null : at,
  }
}
