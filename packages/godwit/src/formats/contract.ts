import type { ClientSession, Db, Document, Filter, MongoClient } from 'mongodb'
import type pg from 'pg'
import type { Direction, MigrationFile } from '../engine/migration.js'
import type { CallSite } from '../loading/call-site.js'
import type { Place } from '../loading/stack-positions.js'
import type { BaselineRequest, Generated, GenerateRequest } from './generate-contract.js'
import type { Orm } from './orm-contract.js'

export type {
  BaselineRequest,
  ComparedModels,
  FailedStatement,
  Generated,
  GenerateRequest,
  MayReplace,
  Rename,
  RenameAnswers,
} from './generate-contract.js'
export type { EntityPlace, FoundEntity, Orm, OrmContext, OrmSession } from './orm-contract.js'

/** SQL text as it is on disk, read in pieces so that a large data file never lies in memory as a whole. */
export interface Script {
  /** Absolute path, for errors. */
  file: string
  /** Size in bytes, which decides whether the script is read at once or streamed. */
  bytes: number
  /** The text from the start, each time it is called. A BOM is not part of it. */
  read: () => AsyncIterable<string>
  /** Where the text starts in its file, for a script that is one section of it. 1-based. */
  firstLine?: number
  /** The text was composed, not written: places in it mean nothing to people. */
  generated?: boolean
  /** Of a composed text: where in the user's file the statement at a line of it was asked for. */
  calledAt?: (line: number) => Place | undefined
}

/** What a migration is once it is loaded for one direction. */
export type Body =
  /** SQL text; its statements decide how it is sent. */
  | { kind: 'script'; script: Script; transaction?: 'one' | 'none' }
  /**
   * Statements that a function collects when it is called, inside the step's open transaction (rule 20).
   * `transaction: false` means they must run outside of one. `retry`: as below, for one that uses the database itself.
   */
  | { kind: 'collected'; retry?: boolean; collect: (db: Queryable) => Promise<Collected> }
  /**
   * A function that does what it does on the working session. `retry`: it says of itself that it may be called again when it
   * could not get a lock; without that it is not, because it may have sent mail (rule 15). `queries`: the texts that it sends,
   * one after the other, where it is known to do nothing else.
   */
  | {
      kind: 'function'
      transaction: boolean
      retry?: boolean
      queries?: () => string[] | undefined
      run: (client: pg.Client) => Promise<void>
    }
  /**
   * A function that works on documents. `transaction`: it takes part in the session it is given (rule 37). `idempotent`: it
   * says of itself that it may be run again when it stopped in the middle.
   */
  | {
      kind: 'documents'
      transaction: boolean
      idempotent: boolean
      run: (work: DocumentWork) => Promise<void>
    }

/** What a migration on MongoDB works with. The driver is the project's own. */
export interface DocumentWork {
  client: MongoClient
  db: Db
  /** With an open transaction, for a function that takes part in one. */
  session: ClientSession | undefined
  /** Tells people how far it is. */
  log: (message: string) => void
  /** For who brings a connection of his own, such as mongoose. */
  url: string
}

/** What a `collect` found. */
export interface Collected {
  statements: string[]
  transaction: boolean
  /** From where each of the statements was asked for. */
  calls?: readonly (CallSite | undefined)[]
}

/** The part of a client that migrations may use while they collect. */
export interface Queryable {
  query: (text: string | pg.QueryConfig, values?: unknown[]) => Promise<pg.QueryResult>
}

/** What a format writes into its history for one step. Times and counts come from the engine. */
export interface StepRecord {
  name: string
  file: MigrationFile | undefined
  /** How many statements ran. */
  statements: number
  /** SQL expression of the time the step began, for formats that record it. */
  startedAt: string
  /** Whether the history has a row of it that began and did not end; absent: that is not known. */
  unfinished?: boolean
}

/** Where a format records what was applied. */
export type History = HistoryTable | HistoryCollection

/** A format's own history table, as SQL. `table` in every method is the qualified, quoted name. */
export interface HistoryTable {
  kind: 'table'
  /** `null`: the first schema of the connection's search_path. */
  schema: string | null
  name: string
  /** The schema is made when it does not exist, as the format's own tool does. */
  createSchema?: boolean
  /** Creates it exactly as the format's own tool does. */
  create: (table: string) => string
  /**
   * SELECT of the rows in the order they were applied, with the columns `name text`, `applied_at timestamptz` (of a
   * failed row the time it began),
   * `outcome text` ('applied' | 'failed'; rolled back rows are left out) and `checksum text`.
   */
  read: (table: string) => string
  /** Records an applied step. */
  recordUp: (table: string, step: StepRecord) => string
  /** Records an undone step. */
  recordDown: (table: string, step: StepRecord) => string
  /** Records that a migration began outside a transaction; absent: the format keeps no such row. */
  recordStart?: (table: string, step: StepRecord) => string
  /**
   * Records a failure as the format's own tool does; absent: the format keeps no such row. Where the journal proves that
   * nothing is left of the step, the next `recordUp` or `recordStart` settles the row (rule 17).
   */
  recordFailure?: (table: string, step: StepRecord, log: string) => string
  /** Takes the content of an applied migration as the right one, in a history that keeps a checksum. */
  acceptContent?: (table: string, step: StepRecord) => string
  /** Settles by hand: the migration counts as applied though nothing was run. */
  resolveApplied: (table: string, step: StepRecord) => string
  /** Settles by hand: the migration counts as not applied though nothing was undone. */
  resolveRolledBack: (table: string, step: StepRecord) => string
}

/** A format's own history collection: one document for each migration that is applied. */
export interface HistoryCollection {
  kind: 'collection'
  name: string
  /** What a document says; `undefined`: it is about something else. */
  read: (document: Document) => ReadDocument | undefined
  /** The document of a step that was applied, as the format's own tool writes it. */
  record: (step: DocumentRecord) => Document
  /** The documents of a migration. */
  find: (name: string) => Filter<Document>
  /** The collection in which the format's own tool says that it is running; absent: it has none. */
  peerLock?: { name: string; ttlSeconds: number }
}

/** What a document of a history collection says. */
export interface ReadDocument {
  name: string
  appliedAt: Date | null
  checksum: string | null
  /** The same for all that one run applied; absent: the format does not say. */
  block?: number
}

/** What is written into a history collection. */
export interface DocumentRecord {
  name: string
  file: MigrationFile | undefined
  at: Date
  /** When the run began; the same for each step of it. */
  runAt: Date
}

/** What a new migration file is made of. */
export interface NewMigration {
  /** Absolute paths with their contents; the first is the one to edit. */
  files: {
    path: string
    content: string /** Of a file that is there already: the text it has now. */
    replaces?: string
  }[]
  name: string
  /** What is left to do by hand. */
  notes?: string[]
}

/** What somebody else makes and keeps in a project's database. */
export interface LeftToOthers {
  tables: { schema: string; name: string }[]
  types: { schema: string; name: string }[]
}

/** Everything the engine needs of a way to write and record migrations. One folder a format implements it. */
export interface Format {
  id: FormatId
  /** Lists the migrations without importing user code where that is possible. Names are unique; order does not matter. */
  list: () => Promise<MigrationFile[]>
  /** The sort key of a name in the history that has no file. */
  sortKeyOf: (name: string) => string
  /** Loads one migration for one direction; `null`: there is no such direction (irreversible). */
  load: (file: MigrationFile, direction: Direction) => Promise<Body | null>
  history: History
  /** The search_path that every migration begins with, as the format's own tool sets it; absent: the connection's. */
  searchPath?: readonly string[]
  /** The format's own config lets pending migrations sort before applied ones. */
  allowOutOfOrder?: boolean
  /** Advisory locks that the format's own tool takes, so that both exclude each other. */
  peerLocks: readonly bigint[]
  /**
   * What the format's own tool does before the first migration of a run (extensions, metadata tables), on the working
   * session, behind the lock, outside of a transaction.
   */
  prepare?: (client: pg.Client) => Promise<void>
  /**
   * Composes an empty migration; nothing is written. `now` gives its timestamp. `template`: one that the format knows, such
   * as a language, or a file whose text it begins with.
   */
  create: (name: string, options: { now: Date; template?: string }) => Promise<NewMigration>
  /**
   * Composes a migration from what the models say and the shadow lacks. Nothing is written, and the shadow is left as it
   * was: it may be asked again with other answers. Absent: there are no models.
   */
  generate?: (request: GenerateRequest) => Promise<Generated>
  /** Loads the models ahead of `generate`, while something else is waited for; what is wrong with them is told by that. */
  loadModels?: () => Promise<unknown>
  /** What `generate` does to the shadow is never committed, and Godwit's records there do not disturb it: it needs no copy. */
  generatesInTransaction?: boolean
  /** What else can be done with the models; absent: they are code, which only its own tools read. */
  models?: Models
  /** Composes the migration that makes what a database already holds; nothing is written. Absent: the format cannot. */
  baseline?: (request: BaselineRequest) => Promise<NewMigration>
  /** What a shadow begins with, ahead of the migrations. */
  shadowSetUp?: () => Promise<ShadowSetUp | undefined>
  /** What no migration is about, by the project's own configuration, though it is there. */
  leftToOthers?: () => Promise<LeftToOthers>
  /** What its first migration is called where nobody names it; absent: `Initial`. */
  firstName?: string
  /** Tables beside the history that the format's own tool makes and keeps; no migration is about them. */
  ownTables?: readonly string[]
  /** The target that the format's own configuration names, if it names one (rule 26). */
  target?: () => Promise<string | undefined>
  /** The project's ORM, for seeds that name an entity or a model. Absent: there is none. */
  orm?: Orm
  /** The command line that the project's own configuration seeds with, and the file that says so (absolute). */
  seedCommand?: () => Promise<{ command: string; file: string } | undefined>
  /** Ends what loading has opened. */
  close?: () => Promise<void>
}

/** Models in a language of their own, which can be checked, laid out and written from a database. */
export interface Models {
  /** Whether there are any; what cannot be read says none. */
  any: () => Promise<boolean>
  /** Checks them. Throws what is wrong with them. */
  check: () => Promise<CheckedModels>
  /** Their files in the usual layout; nothing is written. */
  layOut: () => Promise<ModelFile[]>
  /** Their files as a database says; nothing is written. */
  pull: (client: pg.Client) => Promise<PulledModels>
  /** The package whose program makes code from them, with its arguments; `undefined`: nothing is made from them. */
  generator?: () => Promise<string[] | undefined>
}

/** What checking found. */
export interface CheckedModels {
  /** Absolute paths. */
  files: string[]
  /** What is allowed and should not be; `file` is relative to the project's folder, `line` and `column` 1-based. */
  warnings: { text: string; file: string; line: number; column: number }[]
}

/** A file of models. */
export interface ModelFile {
  /** Absolute. */
  path: string
  content: string
  /** The text it has now; `null`: there is no such file. */
  before: string | null
}

/** Models as a database says. */
export interface PulledModels {
  files: ModelFile[]
  /** What the files say now and would not say any more: models, comments. */
  lost: string[]
  /** What the format's own tool warns of. */
  warnings: string[]
}

/** SQL that makes on a shadow what the migrations need and somebody else makes. */
export interface ShadowSetUp {
  sql: string
  /** Where it stands, for people. */
  from: string
}

export type FormatId = 'sql' | 'node-pg-migrate' | 'typeorm' | 'prisma' | 'mongo' | 'migrate-mongo'

/** One that records in a table. */
export type TableFormat = Format & { history: HistoryTable }

/** What a format is opened with. */
export interface FormatContext<Section = unknown> {
  /** Absolute path of the project's folder. */
  projectDir: string
  /** The config's `migrations`, as written. */
  migrations: string | undefined
  /** The format's own section of the config. */
  section: Section
  /** Tells people something that does not stop the command. */
  warn: (message: string) => void
  /** Tells what only `--verbose` shows. */
  verbose: (message: string) => void
  env: Readonly<Record<string, string | undefined>>
}
