import type { Collection, Db, Document } from 'mongodb'
import type { Direction } from '../../engine/migration.js'

/** Written for good, and read where they were written. */
const SAFE = { writeConcern: { w: 'majority' }, readPreference: 'primary' } as const

/** Godwit's own collections; a database of documents has no schemas, so their names begin with the same word. */
export interface Records {
  runs: Collection<RunDocument>
  steps: Collection<StepDocument>
  settings: Collection<{ _id: string; value: unknown }>
  lease: Collection<LeaseDocument>
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

/** The collections of one project. */
export function recordsOf(db: Db, prefix: string): Records {
  return {
    runs: db.collection<RunDocument>(`${prefix}_runs`, SAFE),
    steps: db.collection<StepDocument>(`${prefix}_steps`, SAFE),
    settings: db.collection<{ _id: string; value: unknown }>(`${prefix}_settings`, SAFE),
    lease: db.collection<LeaseDocument>(`${prefix}_lease`, SAFE),
  }
}

/** The history collection, as safe as our own. */
export function historyOf(db: Db, name: string): Collection<Document> {
  return db.collection(name, SAFE)
}

/** Names of all collections that are Godwit's own. */
export function recordNames(prefix: string): string[] {
  return ['runs', 'steps', 'settings', 'lease'].map((name) => `${prefix}_${name}`)
}
