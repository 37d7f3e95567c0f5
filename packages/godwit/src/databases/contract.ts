import type pg from 'pg'
import type { StepEvent } from '../engine/events.js'
import type { LoggedRun, LogQuery } from '../engine/log.js'
import type { Direction, Look, MigrationFile, OpenStep } from '../engine/migration.js'
import type { Body, HistoryCollection, HistoryTable } from '../formats/contract.js'
import type { SchemaFacts } from '../impact/facts.js'
import type { Check } from '../preflight/check.js'
import type { Demands, Found, PreflightOptions } from '../preflight/finding.js'
import type { SeedStore } from './seeding.js'

/** What is known of the server behind a session. */
export interface ServerFacts {
  /** The server's major version. */
  major: number
  /** For people, such as `PostgreSQL 17.5`. */
  version: string
  database: string
  user: string
  /** A replica: nothing can be written. */
  readOnly: boolean
}

/** One migration, loaded, in one direction. */
export interface LoadedStep {
  name: string
  direction: Direction
  file: MigrationFile
  body: Body
  /** It stopped in the middle, and is gone on with from there. */
  resume?: OpenStep
}

/** A step that was looked into and can be run. */
export interface CompiledStep {
  step: LoadedStep
  /** Does beforehand what can be done without the database, while that is busy with the step before. */
  warmUp?: () => void
  /** Code of the project's is at work in it: a stop gives that a grace. */
  inFunction?: () => boolean
  /** It begins with a transaction, which the message that ends the step before may open. */
  inTransaction?: boolean
  /** Says what it would send (`plan`). Writes nothing. */
  describe: () => Promise<DescribedStep>
  /** Runs it and records it. Throws what failed, with the state it left. */
  run: (options: StepOptions) => Promise<StepOutcome>
}

/** How a step ended. A step that failed throws instead. */
export interface StepOutcome {
  statements: number
  durationMs: number
  /** Another runner may have been at work meanwhile: what is known of the history is out of date. */
  stale?: boolean
}

/** What a step may be told. */
export interface StepOptions {
  onEvent: (event: StepEvent) => void
  /** Aborted: nothing more of the step is begun. */
  signal?: AbortSignal | undefined
  /** A stop was asked for, though what is under way may still end by itself: nothing is tried again. */
  stopping?: () => boolean
  /** The step that will be run directly behind it. */
  next?: CompiledStep | undefined
  /** For how long to wait for a session that is still at the step, in milliseconds. */
  waitMs?: number
}

/** Who runs, for the lock and the journal: the verb, never the command line (rule 38). */
export interface RunIdentity {
  command: string
  version: string
}

/** How long to wait for another runner, and whom to tell. */
export interface LockOptions {
  identity: RunIdentity
  /** Milliseconds; 0 tries once. */
  waitMs: number
  onWait: (holder: string, waitedMs: number) => void
  signal?: AbortSignal | undefined
}

/** Who holds the runner's lock. */
export interface LockHolder {
  /** `user@host`; `backend 4711` for a session that says nothing of itself. */
  owner: string
  /** The verb. */
  command: string
  /** Since it was taken. */
  seconds: number
  /** The migration at work, as far as is known. */
  at: string | null
  /** Held through a transaction pooler. */
  pooled: boolean
  /** Not heard of any more: it may be taken. */
  expired: boolean
}

/** By hand: what a migration counts as from now on. */
export type Settlement = 'applied' | 'rolled-back'

/**
 * A place where migrations are applied. Opening it connects; nothing is written before {@link Target.begin}.
 * Each database implements it in a folder of its own.
 */
export interface Target {
  server: ServerFacts
  /** One read-only round trip, without a lock: history, journal, production mark. */
  look: () => Promise<Look>
  /** Takes the lock that says "someone is running" and the format's own ones. Throws GODWIT_LOCKED when time is up. */
  lock: (options: LockOptions) => Promise<void>
  /**
   * Makes the journal and the history table where they are absent, takes the lease, and opens a run. Behind the lock only.
   *
   * @returns whether another runner was waited for: what was read before is out of date
   */
  begin: (look: Look, identity: RunIdentity) => Promise<boolean>
  /** Notes the hashes of applied migrations that the journal does not know yet (rule 24). */
  adopt: (files: readonly MigrationFile[]) => Promise<void>
  /** Notes pending migrations that stand before an applied one on purpose (rule 40): passed over, also before they were applied and undone. */
  pass: (names: readonly string[]) => Promise<void>
  /** Looks into a step without running anything: what cannot work is refused here. */
  compile: (step: LoadedStep) => Promise<CompiledStep>
  /** What the format does before the first step of a run. */
  setUp: (prepare: (client: pg.Client) => Promise<void>) => Promise<void>
  /**
   * Records a settlement in history and journal.
   *
   * @param recorded the history says `applied` already: settling it as applied accepts the content as it is now
   */
  settle: (name: string, file: MigrationFile | undefined, as: Settlement, recorded: boolean) => Promise<void>
  /** Ends the run in the journal, and gives the lease back. */
  end: (outcome: 'done' | 'failed') => Promise<void>
  /** The journal, the newest run first; only where {@link Look.journal} is `ready`. Read-only. */
  log: (query: LogQuery) => Promise<LoggedRun[]>
  /** Who holds the lock. Read-only. */
  lockHolder: () => Promise<LockHolder | null>
  /** Takes the lock from a holder that is not heard of any more, or from the one that `force` names. */
  unlock: (force: string | undefined) => Promise<{ holder: LockHolder | null; released: boolean }>
  /** Marks the database as production, or takes the mark away. */
  protect: (on: boolean) => Promise<void>
  /** What {@link Target.drop} would drop: `kind name`, in words. */
  droppable: () => Promise<string[]>
  /** Drops what {@link Target.droppable} listed, and nothing else (rule 34), with history and journal steps. */
  drop: (listed: readonly string[]) => Promise<void>
  /** What the impact of statements depends on, of what is there now. Read-only. Absent: it is not foreseen there. */
  facts?: (names?: readonly string[]) => Promise<SchemaFacts>
  /** Whether any table holds rows, but for histories and Godwit's own. Read-only, cheap. */
  hasRows?: () => Promise<boolean>
  /** Answers what has to be asked before a run (rule 36). Read-only. Absent: nothing is asked there. */
  inspect?: (
    checks: readonly Check[],
    demands: Demands,
    options: PreflightOptions,
  ) => Promise<{ answers: Found[][]; others: Found[] }>
  /** What seeds work with. */
  seeding: () => Promise<SeedStore>
  /** The whole database as one archive; `load` ends the session and is the last thing that is asked of it. Only the embedded one in a folder. */
  archive?: { dump: () => Promise<Uint8Array>; load: (archive: Uint8Array) => Promise<void> }
  /** An error of the server or the driver as a GodwitError, its file named relative to the project; any other as it is. */
  explain: (error: unknown) => unknown
  /** Cancels the running statement on the server, by the protocol's CancelRequest. */
  cancel: () => Promise<void>
  /** Frees the locks and the connection. */
  close: () => Promise<void>
}

/** A statement of a step. */
export interface DescribedStatement {
  /** For people: without what must not be shown. */
  sql: string
  /** As it is sent. */
  text: string
  /** Absolute. */
  file: string
  line: number | null
}

/** A step as a database knows it beforehand. */
export interface DescribedStep {
  name: string
  direction: Direction
  transaction: 'one' | 'none' | 'own' | 'one, else split'
  /** Where the statements come from (rule 23). */
  known: 'sql' | 'recorded' | 'function'
  statements: DescribedStatement[]
  /** Further statements that are not listed, in a large file. */
  more: number
  destroys: string[]
}

/** Opens a target. */
export type Database = TableDatabase | DocumentDatabase

interface Place {
  /** Where it is, for people: without a password. */
  address: string
}

/** A database of tables. */
export interface TableDatabase extends Place {
  kind: 'postgres' | 'embedded'
  open: (history: HistoryTable, options: OpenOptions) => Promise<Target>
}

/** A database of documents. */
export interface DocumentDatabase extends Place {
  kind: 'mongodb'
  open: (history: HistoryCollection, options: OpenOptions) => Promise<Target>
}

export interface OpenOptions {
  projectDir: string
  /** Name of the schema that holds Godwit's own records; of their collections the first part. */
  schema: string
  peerLocks: readonly bigint[]
  /** Tables beside the history that are the format's own, and hold no data of the project. */
  ownTables?: readonly string[] | undefined
  /** What every migration's search_path begins with; absent: the connection's. */
  searchPath?: readonly string[] | undefined
  /** Says whether there is a transaction pooler in between; absent: it is found out. */
  pooled?: boolean | undefined
  /** Milliseconds, PostgreSQL's settings of the same name; absent: the server's. */
  lockTimeoutMs?: number | undefined
  /** The user asked for this lock timeout: it holds also where the default would not. */
  lockTimeoutExplicit?: boolean
  statementTimeoutMs?: number | undefined
  idleInTransactionSessionTimeoutMs?: number | undefined
  /** How often a migration is tried again that could not get a lock; absent: never. */
  lockRetries?: number
  warn: (message: string) => void
  onNotice?: (message: string) => void
}
