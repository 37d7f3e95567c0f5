import { relative, resolve } from 'node:path'
import { type ErrorCode, type ErrorEntry, errorTable, type FactsOf } from './error-table.js'

import type { Finding } from './preflight/finding.js'

export type { ErrorCode } from './error-table.js'

/** What the server said about a failed statement; every field as PostgreSQL names it. */
export interface ServerReport {
  /** Who says it, where it is not PostgreSQL. */
  product?: 'MongoDB'
  code: string
  message: string
  detail?: string
  hint?: string
  constraint?: string
  table?: string
}

/** Where it happened and what else is known; all optional. */
export interface ErrorDetails {
  cause?: unknown
  /** Path relative to the project's folder. */
  file?: string
  /** Absolute path of the project's folder, for who wants to open the file; not in `--json`. */
  folder?: string
  /** 1-based. */
  line?: number
  /** 1-based, in UTF-16 units. */
  column?: number
  /** Of a seed, 1-based. */
  row?: number
  /** The statement's text, secrets masked. */
  statement?: string
  /** Three lines of source with a caret. */
  frame?: string
  server?: ServerReport
  /** How much of the failed step is left in the database. */
  left?: 'nothing' | 'part' | 'unknown'
  /** What preflight found. */
  findings?: Finding[]
  /** What state the database is in now, one sentence each. */
  state?: string[]
  /** Replaces the table's exit code where the project's own code says another. */
  exitCode?: number
  /** Replaces the table's hint where the case knows better. */
  hint?: string
}

/**
 * The only error that people see. Recognise it by `code`, which is stable, or with {@link isGodwitError}, which also
 * works across two copies of the package.
 *
 * @example
 * throw new GodwitError('GODWIT_FILE_THROWS', { file: 'a.ts', reason: 'boom' }, { cause })
 */
export class GodwitError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'GodwitError'
  readonly code: Code
  readonly hint: string
  readonly exitCode: number
  readonly details: Omit<ErrorDetails, 'cause' | 'hint' | 'exitCode'>

  constructor(code: Code, facts: FactsOf<Code>, details: ErrorDetails = {}) {
    const entry = errorTable[code] as ErrorEntry<FactsOf<Code>>
    const { cause, hint, exitCode, ...rest } = details
    super(entry.message(facts), cause === undefined ? undefined : { cause })
    this.code = code
    this.hint = hint ?? entry.hint(facts)
    this.exitCode = exitCode ?? entry.exit
    this.details = rest
  }
}

/** Names the file of a Godwit error relative to the project's folder, as every report does; any other stays as it is. */
export function inProject(error: unknown, folder: string): unknown {
  if (!isGodwitError(error) || error.details.file === undefined) return error
  Object.assign(error.details, { file: relative(folder, resolve(folder, error.details.file)), folder })
  return error
}

/** Tells a Godwit error from any other, without `instanceof`. */
export function isGodwitError(error: unknown): error is GodwitError {
  return error instanceof Error && error.name === 'GodwitError' && 'code' in error && 'exitCode' in error
}
