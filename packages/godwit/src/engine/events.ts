import type { Direction } from './migration.js'

/** A session that holds what a step waits for. */
export interface Blocker {
  /** The server's process; 0: a prepared transaction. */
  pid: number
  /** The session in words: `pid 311 (psql, deploy, idle in transaction for 40 s)`. */
  who: string
  /** `application_name`, or what kind of process of the server's own it is. */
  application: string | null
  user: string | null
  /** As `pg_stat_activity` has it. `null` here and below: the role may not see it. */
  state: string | null
  /** For how long its transaction has been open, in milliseconds. */
  openMs: number | null
  /** What it runs, or ran last: one line, shortened, secrets masked. */
  query: string | null
}

/** What happens inside one step. */
export type StepEvent =
  | { type: 'statement'; index: number; total: number | null; tag: string }
  /** It waits for a lock that these sessions hold; told again when they change. */
  | { type: 'blocked'; by: Blocker[] }
  /** It did not get its locks, and is run again. `attempt`: the first retry is 1. */
  | {
      type: 'retrying'
      reason: 'lock timeout' | 'deadlock'
      /** `part`: the statements before the one that failed are done for good, and it goes on behind them. */
      left: 'nothing' | 'part'
      attempt: number
      of: number
      inMs: number
      by: Blocker[]
    }
  | { type: 'notice'; message: string }
  /** What a migration tells of itself while it works. */
  | { type: 'log'; message: string }
  /** A step that had stopped goes on: what was found of it, and what is done about it. */
  | { type: 'recovery'; message: string }

/** What seeding tells while it goes on. */
export type SeedEvent =
  | { type: 'seed-started'; name: string; index: number; total: number }
  /** A clear is about to take these, a line each. */
  | { type: 'seed-clearing'; goes: string[] }
  /** So many rows were sent. `total`: as far as it is known beforehand. */
  | { type: 'seed-rows'; name: string; rows: number; total: number | null }
  /** What a seed tells of itself. */
  | { type: 'seed-log'; name: string; line: string }
  | ({
      type: 'seed-done'
      name: string
      outcome: 'done' | 'unchanged' | 'failed' | 'skipped'
      deleted: number
      durationMs: number
      left?: 'part' | 'unknown'
    } & Record<'inserted' | 'updated' | 'unchanged' | 'kept', number>)

/** What a run tells while it goes on; the CLI turns these into its progress lines. */
export type RunEvent =
  | { type: 'waiting'; holder: string; waitedMs: number; givingUpInMs: number }
  | { type: 'planned'; direction: Direction; names: string[] }
  | { type: 'step-started'; name: string; direction: Direction; index: number; total: number }
  | ({ name: string } & StepEvent)
  | { type: 'step-done'; name: string; direction: Direction; statements: number; durationMs: number }
  /** A stop was asked for, and this function may end by itself until the grace is over. */
  | { type: 'stopping'; name: string; graceMs: number }
  | { type: 'step-failed'; name: string; direction: Direction; left: 'nothing' | 'part' | 'unknown' }
  /** A reset dropped these, one line each. */
  | { type: 'dropped'; objects: string[] }
  /** A migration is about to be replayed on a shadow. */
  | { type: 'replaying'; name: string; index: number; total: number }
  /** A migration is about to be tried both ways on a throwaway database. */
  | { type: 'verifying'; name: string; index: number; total: number }
  /** So many bytes of a dump are written, or of its statements sent. */
  | { type: 'backing-up'; file: string; bytes: number }
  | { type: 'restoring'; file: string; bytes: number }
  /** Ahead of a run. `because`: what it takes away, a line a step. */
  | { type: 'backed-up'; file: string; bytes: number; because: string[] }
  | { type: 'backup-not-needed' }
  | SeedEvent
  | { type: 'warning'; message: string }
