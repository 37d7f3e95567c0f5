import type { LockMode } from '../impact/lock-modes.js'
import type { FindingCode } from './check.js'

/** Something that preflight found. */
export interface Finding {
  code: FindingCode
  /** `error`: the run would fail. `note`: it could not be found out. */
  severity: 'error' | 'warning' | 'note'
  message: string
  /** The migration that it is about; absent: the run as a whole. */
  migration?: string
  file?: string
  line?: number | null
  /** The statement, without what must not be shown. */
  sql?: string
  /** How many rows it is about. */
  rows?: number
  /** Up to ten of them. */
  examples?: Example[]
  /** SELECT of all of them. */
  query?: string
}

/** A row, or the rows of one value. */
export interface Example {
  /** The key, as text. */
  key: string
  /** What is in it; only where values may be shown (rule 38). */
  value?: string
}

/** A finding before it is known where it stands. */
export type Found = Omit<Finding, 'migration' | 'file' | 'line' | 'sql'>

/** What a run will ask of the server besides its statements. */
export interface Demands {
  /** Tables that are there now, qualified and quoted, each with the strongest lock that is taken on it. */
  locks: ReadonlyMap<string, LockMode>
  /** Bytes that the largest rewrite writes anew. */
  rewrites: number
}

/** What preflight may cost and show (rules 36 and 38). */
export interface PreflightOptions {
  /** Looks through tables of any size, and takes as long as it needs. */
  full: boolean
  /** Shows what is in the rows. */
  values: boolean
}

/** Bytes of tables up to which rows are looked through. */
export const SIZE_BUDGET = 1_000_000_000
/** Milliseconds for one question. */
export const TIME_BUDGET = 10_000
/** Milliseconds for all of them: behind that no question about rows is begun. */
export const TIME_BUDGET_IN_ALL = 60_000
export const EXAMPLES_SHOWN = 10
