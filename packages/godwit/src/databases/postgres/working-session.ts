import type pg from 'pg'
import type { HistoryTable, StepRecord } from '../../formats/contract.js'
import { qualified } from '../../sql/quote.js'
import type { OpenOptions, ServerFacts } from '../contract.js'
import type { Connection } from './connection.js'
import type { Journal } from './journal.js'
import type { Lease } from './lock/lease.js'

/** Everything a step needs of the session it runs on. */
export interface WorkingSession {
  connection: Connection
  client: pg.Client
  server: ServerFacts
  options: OpenOptions
  table: HistoryTable
  /** Qualified and quoted. */
  history: string
  journal: Journal
  /** The journal can be written; without it only what needs no checkpoint is run (rule 32). Turned off when it fails. */
  journaled: boolean
  /**
   * There is no session behind the connection but a pooler's (rule 8): settings are local to a transaction, cleaning comes
   * before its COMMIT, and there is no lock to hold but the lease.
   */
  pooled: boolean
  lease: Lease
  /** The fencing number of our lease; `null` without one. */
  fence: string | null
  /** Id of the run's journal row. */
  run: string | null
  /**
   * Names of which the history has a row that did not end; `null`: that is not known, as nobody looked since others may
   * have been at work.
   */
  unfinished: ReadonlySet<string> | null
  /** The session has the statements of `prepared.ts`. Turned off when they are taken away. */
  prepared: boolean
  /** SET commands that make the session what Godwit wants; sent again after every cleaning. */
  settings: readonly string[]
}

/** The SQL that records a step in the history. */
export function recordStep(session: WorkingSession, direction: 'up' | 'down', given: StepRecord): string {
  const { table, history, unfinished } = session
  const record = unfinished === null ? given : { ...given, unfinished: unfinished.has(given.name) }
  return direction === 'up' ? table.recordUp(history, record) : table.recordDown(history, record)
}

/** The name of the history table as SQL. */
export function historyName(place: { schema: string; name: string }): string {
  return qualified(place.schema, place.name)
}
