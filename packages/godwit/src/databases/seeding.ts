import type { ClientSession, Db, MongoClient } from 'mongodb'
import type pg from 'pg'

/** A row by column, or a document by field, with values as the driver takes them. `undefined`: the column's default. */
export type SeedRow = Readonly<Record<string, unknown>>

/** Rows that follow each other in a seed. */
export interface SeedBatch {
  /** Number of the first, from 0. */
  first: number
  rows: readonly SeedRow[]
  /** Values are text, or null, which the database reads by the column's type. */
  text?: true
}

/** What became of the rows of a seed. */
export interface SeedCounts {
  inserted: number
  updated: number
  /** They were there with these values. */
  unchanged: number
  /** They were there with other values, and stay so. */
  kept: number
}

/** Which seed it is, for its records. */
export interface SeedIdentity {
  name: string
  /** `<kind>:<sha256>` of its file. */
  hash: string
  environment: string
  /**
   * `rows`: what it did is what was counted. `function`: it may have written what nobody counted, and is committed. `script`: it
   * did its work elsewhere, and is recorded in any case.
   */
  kind: 'rows' | 'function' | 'script'
}

/** Rows for one table or collection. */
export interface Upsert {
  /** As the seed names it: `users`, `billing.invoices`. */
  place: string
  /** Columns that tell a row from every other. */
  key: readonly string[]
  batches: AsyncIterable<SeedBatch> | Iterable<SeedBatch>
  /** What becomes of a row that is there with other values. */
  onExisting: 'keep' | 'update'
  /** The seed, and its file relative to the project, for errors. */
  seed: string
  file: string
  /** Told now and then how many rows have been sent. */
  onRows?: (rows: number) => void
}

/** What a database knows of a table or collection. */
export interface SeedPlace {
  /** As the database names it, with its schema where that is not the usual one. */
  name: string
  columns: readonly string[]
  /** Sets of columns that some unique index speaks of, and no other. */
  unique: readonly (readonly string[])[]
  /** Places that rows of this one point to, by foreign keys. */
  references: readonly string[]
}

/** Rows that something else than {@link Seeding.upsert} writes, such as the project's ORM. Counts are of these calls only. */
export interface NotedRows {
  place: string
  key: readonly string[]
  /** Of rows that are inserted next, the values of `key`. */
  inserted?: readonly SeedRow[]
  /** Of rows that are given other values next, the values of `key`. */
  updated?: readonly SeedRow[]
  unchanged?: number
  kept?: number
}

/** What a seed works with while its transaction is open. */
export interface Seeding {
  /**
   * Puts rows there by their key.
   *
   * @throws GodwitError GODWIT_SEED_PLACE, GODWIT_SEED_KEY, GODWIT_SEED_ROW with the row
   */
  upsert: (upsert: Upsert) => Promise<SeedCounts>
  /**
   * The rows that have these values, at most two for each, in the order of `where`.
   *
   * @param where rows of the same columns
   */
  find: (place: string, where: readonly SeedRow[], columns: readonly string[]) => Promise<SeedRow[][]>
  /**
   * Counts rows, and records those that are inserted as the seed's. Told before they are written: where there are no
   * transactions, it is by this that a seed that fails is taken back.
   */
  note: (rows: NotedRows) => Promise<void>
  /** For functions and ORMs: what the database's own driver offers, in the seed's transaction where there is one. */
  driver: SeedDriver
}

export type SeedDriver =
  | { kind: 'table'; client: pg.Client }
  | { kind: 'documents'; client: MongoClient; db: Db; session: ClientSession | undefined; url: string }

/** A run of a seed as it was recorded. */
export interface SeedEntry extends SeedCounts {
  name: string
  hash: string
  environment: string
  outcome: 'done' | 'failed' | 'cleared'
  deleted: number
  at: Date
  /** `user@host`. */
  by: string
}

/** What a clear takes from one table or collection. */
export interface Cleared {
  place: string
  rows: number
  /** Rows that no seed put there, and that go with those that point to them (`ON DELETE CASCADE`). */
  cascade?: true
}

/** What is to be cleared: what seeds put there, or everything in the project's tables. */
export type ClearRequest = { seeds: readonly string[] } | { all: true }

/** A column for which values are to be made. */
export interface TypedColumn {
  name: string
  /** Bare name of its type, of a domain that of its base, of an array that of its elements: `int4`, `varchar`. */
  type: string
  array: boolean
  /** Characters of a text, digits of a number; `null`: no bound. */
  length: number | null
  /** Digits behind the point. */
  scale: number | null
  nullable: boolean
  /** The server has a value for it, or computes it. */
  given: boolean
  /** Of an enum. */
  values: readonly string[] | null
}

/** A table with all that making rows for it needs. */
export interface TypedPlace {
  name: string
  columns: readonly TypedColumn[]
  primary: readonly string[]
  unique: readonly (readonly string[])[]
  foreignKeys: readonly { columns: readonly string[]; place: string; targets: readonly string[] }[]
  rows: number
}

/** Where columns have types: what rows can be made from. Read-only. */
export interface TypedStore {
  /** `undefined`: there is no such table. */
  describe: (place: string) => Promise<TypedPlace | undefined>
  /** Values that are there, of rows at hand; not in any order. */
  sample: (place: string, columns: readonly string[], limit: number) => Promise<SeedRow[]>
  /** The highest value of a column of whole numbers; 0: there is none. */
  highest: (place: string, column: string) => Promise<bigint>
}

/** A database as seeds see it. Writing comes behind {@link Target.begin} only. */
export interface SeedStore {
  /** Absent: its places have no types. */
  typed?: TypedStore
  /** Each name with what the database knows of it; what is not there is left out. Read-only. */
  places: (names: readonly string[]) => Promise<Map<string, SeedPlace>>
  /** The session outside of any seed, for ORMs that ask the database what it is. Only for reading. */
  session: () => SeedDriver
  /**
   * Runs one seed, in one transaction where the database has them, and records it. What fails leaves nothing of itself;
   * what changes nothing writes nothing.
   */
  seed: (identity: SeedIdentity, work: (seeding: Seeding) => Promise<void>) => Promise<SeedCounts>
  /** Runs that were recorded, the newest first. Read-only. */
  history: () => Promise<SeedEntry[]>
  /** What {@link SeedStore.clear} would take, table by table. Changes nothing. */
  forecastClear: (request: ClearRequest) => Promise<Cleared[]>
  /**
   * Takes it away and records it, all or nothing.
   *
   * @throws GodwitError GODWIT_SEED_CLEAR_CHANGED when by now it would be more than `forecast`
   */
  clear: (request: ClearRequest, forecast: readonly Cleared[]) => Promise<Cleared[]>
}
