import type { Level } from './finding.js'

/** What the rules are told about a project. */
export interface LintOptions {
  /** Major version of the server; the oldest that may meet the migrations where nobody knows it. */
  major: number
  /** The schema was read from a database: what it does not hold is not there, and sizes are known. */
  live: boolean
  /** A table below both is small: what is done to it takes no time. */
  smallTable: { rows: number; bytes: number }
  /** Levels that the config sets. */
  levels: Readonly<Record<string, Level>>
  /** Milliseconds that a run waits for a lock at most; 0: for ever. */
  lockTimeoutMs: number
  /** Milliseconds that a statement may take in a run; 0: as long as it likes. */
  statementTimeoutMs: number
}

/** The oldest server that Godwit works with (rule 33). */
export const OLDEST_MAJOR = 14

/** What holds where a project says nothing. */
export const defaultOptions: LintOptions = {
  major: OLDEST_MAJOR,
  live: false,
  smallTable: { rows: 10_000, bytes: 10 * 1024 * 1024 },
  levels: {},
  lockTimeoutMs: 5_000,
  statementTimeoutMs: 0,
}
