import type { Document } from 'mongodb'
import type { GodwitError } from '../../../errors.js'
import { noCounts } from '../../seed-counts.js'
import { rowFailed } from '../../seed-row.js'
import type { SeedCounts, SeedRow, Upsert } from '../../seeding.js'
import type { AnyId } from '../records.js'
import { type Bson, valueAt } from './bson.js'
import { documentsThere, type There } from './documents-there.js'
import type { RowIds } from './row-ids.js'
import { SeenKeys } from './seen-keys.js'
import type { SeedWork, Writes } from './work.js'
import { refusal, withoutValues, writeErrorsOf } from './write-errors.js'

/** A function may hand over any number of rows at once. */
const ROWS_A_BATCH = 1_000

/** A row with what is asked of it. */
interface Given {
  /** In the seed, from 1. */
  number: number
  row: SeedRow
  /** As it would be read back. */
  value: Document
  /** The same for the same key. */
  key: string
}

/** Puts documents into a collection by their key, a batch at a time. */
export class UpsertAtWork {
  readonly #work: SeedWork
  readonly #upsert: Upsert
  readonly #ids: RowIds
  readonly #bson: Bson
  readonly #seen = new SeenKeys()
  readonly #counts = noCounts()

  constructor(work: SeedWork, upsert: Upsert, ids: RowIds) {
    this.#work = work
    this.#upsert = upsert
    this.#ids = ids
    this.#bson = work.bson
  }

  /** @throws GodwitError GODWIT_SEED_ROW, GODWIT_LEASE_LOST */
  async run(): Promise<SeedCounts> {
    for await (const { first, rows } of this.#upsert.batches)
      for (let at = 0; at < rows.length; at += ROWS_A_BATCH) {
        const some = rows.slice(at, at + ROWS_A_BATCH)
        await this.#work.goOn()
        await this.#put(some.map((row, i) => this.#read(row, first + at + i + 1)))
        this.#upsert.onRows?.(first + at + some.length)
      }
    return this.#counts
  }

  #read(row: SeedRow, number: number): Given {
    const value = this.#normal(row, number)
    const { key } = this.#upsert
    const values = key.map((field) => valueAt(value, field))
    for (const [i, each] of values.entries()) {
      const problem = problemOfKey(each)
      if (problem !== undefined) throw this.#failed(number, value, `its key ${key[i]} is ${problem}`)
    }
    return { number, row, value, key: this.#bson.textOf(values) }
  }

  #normal(row: SeedRow, number: number): Document {
    try {
      return this.#bson.normal(row)
    } catch (error) {
      throw this.#failed(number, row, withoutValues(error), error)
    }
  }

  async #put(batch: readonly Given[]): Promise<void> {
    this.#refuseTwice(batch)
    const there = await documentsThere(
      this.#work,
      this.#upsert,
      batch.map(({ value }) => value),
    )
    const writes: Writes & { numbers: number[] } = { place: this.#upsert.place, inserts: [], updates: [], numbers: [] }
    const updating: number[] = []
    for (const given of batch) {
      const found = there.byKey.get(given.key)
      if (found === undefined) {
        this.#refuseOtherKey(given, there.byId)
        const id = '_id' in given.value ? (given.row._id as AnyId) : this.#ids.next(given.number)
        writes.inserts.push({ id, document: { ...given.row, _id: id } })
        writes.numbers.push(given.number)
      } else if (this.#change(given, found, writes)) updating.push(given.number)
    }
    writes.numbers.push(...updating)
    if (writes.numbers.length > 0) await this.#write(writes, batch)
    this.#counts.inserted += writes.inserts.length
    this.#counts.updated += writes.updates.length
  }

  // Whether it gets other values.
  #change(given: Given, found: There, { updates }: Writes): boolean {
    const before = this.#ids.rowOf(found.value._id)
    if (before !== undefined) throw this.#failed(given.number, given.value, `row ${before} has the same key`)
    const different = this.#bson.different(given.value, found.value)
    if (different.length === 0) {
      this.#counts.unchanged++
      this.#work.counts.unchanged++
      return false
    }
    if (this.#upsert.onExisting === 'keep') {
      this.#counts.kept++
      this.#work.counts.kept++
      return false
    }
    if (different.includes('_id'))
      throw this.#failed(given.number, given.value, 'it is there with another _id, which nothing can change')
    const exact = found.exact()
    const was = different.filter((field) => field in exact)
    updates.push({
      id: exact._id as AnyId,
      was: Object.fromEntries(was.map((field) => [field, exact[field]])),
      gets: Object.fromEntries(different.map((field) => [field, given.row[field]])),
    })
    return true
  }

  #refuseTwice(batch: readonly Given[]): void {
    for (const { number, value, key } of batch) {
      const before = this.#seen.rowOf(key, number)
      if (before !== undefined) throw this.#failed(number, value, `row ${before} has the same key`)
    }
  }

  #refuseOtherKey({ number, value }: Given, byId: ReadonlyMap<string, There>): void {
    if ('_id' in value && byId.has(this.#bson.textOf([value._id])))
      throw this.#failed(number, value, 'another document has its _id')
  }

  async #write(writes: Writes & { numbers: readonly number[] }, batch: readonly Given[]): Promise<void> {
    try {
      await this.#work.write(writes)
    } catch (error) {
      const refused = writeErrorsOf(error)
        .map((each) => ({ each, number: writes.numbers[each.index] ?? 0 }))
        .sort((a, b) => a.number - b.number)[0]
      const given = batch.find(({ number }) => number === refused?.number)
      if (refused === undefined || given === undefined) throw error
      throw this.#failed(given.number, given.value, refusal(refused.each), error)
    }
  }

  #failed(number: number, document: Document, reason: string, cause?: unknown): GodwitError {
    const { key } = this.#upsert
    const values = Object.fromEntries(key.map((field) => [field, valueAt(document, field) ?? undefined]))
    return rowFailed(this.#upsert, number, values, reason, cause)
  }
}

function problemOfKey(value: unknown): string | undefined {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list: an index keeps its elements unique, not the list'
  return value instanceof RegExp ? 'a pattern' : undefined
}
