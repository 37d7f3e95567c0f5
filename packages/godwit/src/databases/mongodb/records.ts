import type { Collection, Db, Document, ObjectId } from 'mongodb'
import type { Direction } from '../../engine/migration.js'
import type { SeedCounts } from '../seeding.js'

/** Written for good, and read where they were written. */
const SAFE = { writeConcern: { w: 'majority' }, readPreference: 'primary' } as const

/** Godwit's own collections; a database of documents has no schemas, so their names begin with the same word. */
export interface Records {
  runs: Collection<RunDocument>
  steps: Collection<StepDocument>
  settings: Collection<{ _id: string; value: unknown }>
  lease: Collection<LeaseDocument>
  seeds: Collection<SeedDocument>
  seedRows: Collection<SeedPart>
}

/** One run; its number is that of the lease it ran under. */
export interface RunDocument {
  _id: number
  command: string
  version: string
  host: string
  osUser: string
  pid: number
  startedAt: Date
  finishedAt: Date | null
  outcome: 'done' | 'failed' | null
}

/** What became of a step: see the journal of `databases/postgres/journal.ts`. */
export type StepOutcomeWord = 'done' | 'failed' | 'open' | 'resumed' | 'settled' | 'adopted' | 'passed'

/** One step of a run. */
export interface StepDocument {
  /** Grows with every entry. */
  _id: number
  run: number
  /** The history collection that it is about. */
  history: string
  name: string
  direction: Direction
  outcome: StepOutcomeWord
  hash: string | null
  /** `one`: in a transaction with its history. `none`: not. `idempotent`: not, and it may be run again. */
  mode: 'one' | 'none' | 'idempotent' | null
  error: string | null
  /** Its function ended well: what was left to do was to record it. */
  ended?: true
  startedAt: Date
  finishedAt: Date | null
}

/** Who runs, and how often that was said. */
export interface LeaseDocument {
  _id: 'runner'
  /** Grows with every owner. */
  fence: number
  /** `user@host/pid`; `null`: nobody. */
  owner: string | null
  /** Tells the taking of it from every other: its answer may be lost. */
  token: string
  command: string
  version: string
  /** Grows with every heartbeat. No clock is compared: a waiter watches it stand still (rule 10). */
  beat: number
  /** The migration at work. */
  at: string | null
  /** By the owner's clock; for people. */
  acquiredAt: Date
}

/** A run of a seed that changed something, or what was cleared of one. */
export interface SeedDocument extends SeedCounts {
  /** Grows with every entry. */
  _id: number
  /** The history collection of the project whose seed it is. */
  history: string
  name: string
  hash: string
  environment: string
  /** `open`: under way, or stopped in the middle; who seeds next takes that back first. */
  outcome: 'open' | 'done' | 'failed' | 'cleared'
  deleted: number
  /** It is done, and what documents were before is still to be dropped. */
  sweep?: true
  run: number
  osUser: string
  host: string
  startedAt: Date
  finishedAt: Date | null
}

/** An `_id` of whatever type; the driver's own types expect this one. */
export type AnyId = ObjectId

/** What one batch of a seed does in a collection: exactly one of the lists. */
export interface SeedPart {
  /** The entry's number × {@link PARTS_AN_ENTRY}, and the part's own. */
  _id: number
  history: string
  seed: string
  place: string
  /** `_id`s of the documents that it inserts. */
  ids?: AnyId[]
  /** Of documents whose `_id` is not known yet: the fields of their key, and the values. */
  key?: readonly string[]
  keys?: Document[]
  /** While it is open: fields that it changes, with what they were and what they get. `was` lacks those that were not there. */
  changed?: { id: AnyId; was: Document; gets: Document }[]
  /** While it is open: whole documents as they were. */
  former?: Document[]
}

export const PARTS_AN_ENTRY = 1_000_000

/** The collections of one project. */
export function recordsOf(db: Db, prefix: string): Records {
  return {
    runs: db.collection<RunDocument>(`${prefix}_runs`, SAFE),
    steps: db.collection<StepDocument>(`${prefix}_steps`, SAFE),
    settings: db.collection<{ _id: string; value: unknown }>(`${prefix}_settings`, SAFE),
    lease: db.collection<LeaseDocument>(`${prefix}_lease`, SAFE),
    seeds: db.collection<SeedDocument>(`${prefix}_seeds`, SAFE),
    seedRows: db.collection<SeedPart>(`${prefix}_seed_rows`, SAFE),
  }
}

/** The history collection, as safe as our own. */
export function historyOf(db: Db, name: string): Collection<Document> {
  return db.collection(name, SAFE)
}

/** Names of all collections that are Godwit's own. */
export function recordNames(prefix: string): string[] {
  return ['runs', 'steps', 'settings', 'lease', 'seeds', 'seed_rows'].map((name) => `${prefix}_${name}`)
}
