import type { Direction } from './migration.js'

/**
 * How a step of the journal ended. `done`: recorded. `failed`: it failed and nothing of it was left. `open`: it began
 * outside of one transaction and has not ended. `resumed`: stopped, and gone on with by a later run. `settled`: closed by hand. `adopted`: its content was noted as the base.
 * `passed`: an `up --only` went past it.
 */
export type LoggedOutcome = 'done' | 'failed' | 'open' | 'resumed' | 'settled' | 'adopted' | 'passed'

/** One statement of a step, as the journal keeps it: never its text (rule 38). */
export interface LoggedStatement {
  tag: string
  /** In the file; `null` where it came from a function. */
  line: number | null
  hash: string
}

/** One step of the journal. */
export interface LoggedStep {
  name: string
  direction: Direction
  outcome: LoggedOutcome
  /** `one`, `none`, `own`, …; `null` for what was noted without running anything. */
  mode: string | null
  /** Statements that are done for good. */
  done: number
  /** Of a large script the first ones only; none for a function. */
  statements: LoggedStatement[]
  error: string | null
  startedAt: Date
  /** `null` while it is open. */
  finishedAt: Date | null
  /** How long it ran, where it did and ended by itself. */
  durationMs: number | null
}

/** One run of the journal with its steps, in the order they were taken. */
export interface LoggedRun {
  id: string
  /** The verb, such as `up`. */
  command: string
  /** Godwit's own. */
  version: string
  /** `user@host`, of the process. */
  by: string
  pid: number
  dbUser: string
  startedAt: Date
  finishedAt: Date | null
  durationMs: number | null
  /** `running`: not ended, and the runner's lock is held. `unfinished`: not ended, and nobody is at work on it. */
  outcome: 'done' | 'failed' | 'running' | 'unfinished'
  steps: LoggedStep[]
}

/** How to ask a database for its journal. */
export interface LogQuery {
  /** At most so many runs, the newest. */
  limit: number
  /** Picks one migration out of the names that the journal knows; runs without it are left out. */
  pick?: ((logged: readonly string[]) => string) | undefined
}
