import type { RunEvent } from '../engine/events.js'
import type { ProjectConfig } from './config.js'

/** How to open a project. Everything is optional; without options it is the project of the working directory. */
export interface OpenProjectOptions {
  /** Where to look for the config; default the working directory. */
  cwd?: string
  /** A config file, relative to `cwd`. */
  config?: string | undefined
  /** Which project, when the config has several. */
  project?: string | undefined
  /** Over what the config says; relative to the project's folder. */
  overrides?: Pick<ProjectConfig, 'migrations' | 'typeorm' | 'nodePgMigrate' | 'migrateMongo'> | undefined
  /** Overrides every other place that names a database (rule 26). */
  databaseUrl?: string | undefined
  /** Default `process.env`. A `.env` beside the config is read into it, without overriding. */
  env?: Record<string, string | undefined>
  /** How long to wait for another runner: `'500ms'`, `'90s'`, `'2m'`; a bare number is seconds. Default 60 s. */
  wait?: string | number | undefined
  /** PostgreSQL's `lock_timeout` while migrations run; a duration as `wait`. Default 5 s; 0 waits for ever. */
  lockTimeout?: string | number | undefined
  /**
   * How often a migration that could not get a lock is tried again, as a whole and with pauses. Default 10; 0 never. A
   * function is tried again only when it says `retry: true`.
   */
  lockRetries?: string | number | undefined
  /** PostgreSQL's `statement_timeout` while migrations run; a duration as `wait`. */
  statementTimeout?: string | number | undefined
  /** PostgreSQL's `idle_in_transaction_session_timeout` while migrations run; a duration as `wait`. */
  idleInTransactionSessionTimeout?: string | number | undefined
  /** Told while a run goes on. */
  onEvent?: ((event: RunEvent) => void) | undefined
  /** Told what does not matter unless something is looked into. */
  onVerbose?: ((message: string) => void) | undefined
  /** How long a function that is at work when the run is stopped may go on; a duration as `wait`. Default 20 s. */
  grace?: string | number | undefined
  /**
   * Stops a run: the running statement is cancelled on the server, its transaction rolled back; a function gets its grace.
   * The reason `'SIGTERM'` makes it GODWIT_TERMINATED, any other GODWIT_INTERRUPTED.
   */
  signal?: AbortSignal | undefined
  /** What the journal calls the run; default the method's name. */
  command?: string | undefined
}
