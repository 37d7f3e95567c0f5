import type { AnyBulkWriteOperation, Document } from 'mongodb'
import { noCounts } from '../../seed-counts.js'
import type { NotedRows, SeedCounts, SeedIdentity } from '../../seeding.js'
import { mustHold } from '../holding.js'
import type { AnyId, SeedPart } from '../records.js'
import type { MongoSession } from '../session.js'
import type { Bson } from './bson.js'
import { SeedRecords } from './entry.js'
import { anyOf } from './query.js'
import { takeBack } from './take-back.js'
import { SeedTransaction, type Within } from './transaction.js'

/** A batch to be written into a collection. */
export interface Writes {
  place: string
  inserts: { id: AnyId; document: Document }[]
  updates: NonNullable<SeedPart['changed']>
}

/**
 * One seed at work. What a batch will do is recorded before it: by that a seed that fails is taken back, also by another run. Where
 * the server has transactions records and rows are one; a seed that outgrows one transaction goes on in the next.
 */
export class SeedWork {
  readonly counts = noCounts()
  readonly session: MongoSession
  readonly bson: Bson
  readonly #identity: SeedIdentity
  readonly #stopping: () => boolean
  readonly #records: SeedRecords
  #transaction: SeedTransaction | undefined
  /** A transaction of it was committed. */
  #committed = false
  /** Whether its last commit arrived nobody could say. */
  #unsure = false

  constructor(session: MongoSession, identity: SeedIdentity, bson: Bson, stopping: () => boolean) {
    this.session = session
    this.bson = bson
    this.#identity = identity
    this.#stopping = stopping
    this.#records = new SeedRecords(session, identity, bson, () => this.within)
  }

  get within(): Within {
    return this.#transaction?.within ?? {}
  }

  /**
   * Asks whether it may go on: before every batch.
   *
   * @throws GodwitError GODWIT_LEASE_LOST; another when the run was stopped
   */
  async goOn(): Promise<void> {
    if (this.#stopping()) throw new Error('it was stopped')
    await this.#mustHold()
  }

  /** Works in a transaction from here on, where the server has them. What others write, as an ORM, is never part of it. */
  begin(): void {
    const { connection } = this.session
    if (this.#identity.kind !== 'rows' || !connection.transactions) return
    if (this.#records.number === undefined) this.#transaction ??= new SeedTransaction(this.session, this.#identity.name)
  }

  /** Records a batch and writes it. @throws the driver's error */
  async write({ place, inserts, updates }: Writes): Promise<void> {
    const ids = inserts.map(({ id }) => id)
    const part = ids.length === 0 ? undefined : await this.#records.inserts(place, ids)
    await this.#records.changes(place, updates)
    const operations: AnyBulkWriteOperation<Document>[] = [
      ...inserts.map(({ document }) => ({ insertOne: { document } })),
      ...updates.map(({ id, gets }) => ({ updateOne: { filter: { _id: id }, update: { $set: gets } } })),
    ]
    const options = { ordered: false, ignoreUndefined: true, ...this.within }
    try {
      await this.session.connection.db.collection(place).bulkWrite(operations, options)
    } catch (error) {
      if (part !== undefined && this.#transaction === undefined) await this.#records.withoutRefused(part, error)
      throw error
    }
    this.counts.inserted += inserts.length
    this.counts.updated += updates.length
    if (!this.#transaction?.outgrown(operations.length)) return
    this.#committed = true
    await this.#transaction.next()
  }

  /** Counts and records what something else is about to write. */
  async note({ place, key, inserted = [], updated = [], unchanged = 0, kept = 0 }: NotedRows): Promise<void> {
    this.counts.unchanged += unchanged
    this.counts.kept += kept
    if (inserted.length + updated.length === 0) return
    await this.goOn()
    if (inserted.length > 0) await this.#records.noted(place, key, [...inserted])
    if (updated.length > 0) await this.#records.former(place, await this.#whole(place, key, updated))
    this.counts.inserted += inserted.length
    this.counts.updated += updated.length
  }

  /** Says that it is done, for good. What changed nothing leaves nothing, but for a script, of which nobody knows. */
  async finish(): Promise<SeedCounts> {
    if (this.#records.number === undefined && this.#identity.kind !== 'script') return this.counts
    await this.goOn()
    await this.#records.done(this.counts)
    await this.#commitLast()
    return this.counts
  }

  /**
   * Takes back what it wrote.
   *
   * @returns whether nothing of it is left; what is left the next run takes back
   */
  async undo(): Promise<boolean> {
    if (this.#unsure) return false
    await this.#transaction?.abort()
    const { number } = this.#records
    if (number === undefined || (this.#transaction !== undefined && !this.#committed)) return true
    try {
      // Where another runner has the lease by now, it takes this back by itself.
      await takeBack(this.session, number, () => this.#mustHold(), this.bson)
      return true
    } catch {
      return false
    }
  }

  async end(): Promise<void> {
    await this.#transaction?.end()
  }

  async #commitLast(): Promise<void> {
    try {
      await this.#transaction?.commit()
    } catch (error) {
      this.#unsure = true
      const done = await this.session.records.seeds.findOne({ _id: this.#records.number as number, outcome: 'done' })
      this.#unsure = false
      if (done === null) throw error
    }
  }

  #mustHold(): Promise<void> {
    const left = this.#records.number === undefined ? 'undone' : 'kept'
    return mustHold(this.session, { name: this.#identity.name, file: undefined }, left)
  }

  async #whole(place: string, key: readonly string[], keys: readonly Document[]): Promise<Document[]> {
    const filter = anyOf(keys, key, this.bson)
    const found = this.session.connection.db.collection(place).find(filter, { raw: true, ...this.within })
    const documents: Document[] = []
    for await (const bytes of found) documents.push(this.bson.exact(bytes as unknown as Uint8Array))
    return documents
  }
}
