import type { GodwitError } from '../errors.js'

/** What became of a migration that was run up, down and up again on a throwaway database. */
export type Verdict = 'reversible' | 'lossy' | 'irreversible'

/** Why a verdict is not `reversible`. All but `data` mean that there is no way back. */
export interface VerifyReason {
  code: 'no-down' | 'down-fails' | 'differs' | 'up-again-fails' | 'up-again-differs' | 'data'
  /** One sentence or a part of one, for people. */
  text: string
  /** What it is about, a line each: `index public.users_email_key`. Holds no values. */
  objects: string[]
  /** Relative to the project, with 1-based line, where the failing statement is known. */
  file?: string
  line?: number
}

/**
 * What a migration says of its way back. `irreversible`: that there is none, on purpose. `usual`: there is none, as the format's own tool knows no
 * way back (Prisma).
 */
export type DownIntent = 'down' | 'none' | 'irreversible' | 'usual'

/** One migration as it was verified. */
export interface VerifiedMigration {
  name: string
  /** Relative to the project. */
  file: string
  verdict: Verdict
  down: DownIntent
  reasons: VerifyReason[]
  /** What else is worth knowing: tables without rows, what a down leaves on purpose. */
  notes: string[]
  /** Known from an earlier run: nothing was run. */
  known: boolean
  /** It is no finding: what was asked for does not refuse such a verdict. */
  passes: boolean
}

/** What `verify` tells. */
export interface VerifyReport {
  /** In the one order. */
  migrations: VerifiedMigration[]
  /** What it was run on, for people; `null`: everything was known. */
  shadow: string | null
  /** One that cannot be applied behind the others; the ones before it are in `migrations`. */
  error?: GodwitError
}

/** The verdict that reasons come to. */
export function verdictOf(reasons: readonly Pick<VerifyReason, 'code'>[]): Verdict {
  if (reasons.some(({ code }) => code !== 'data')) return 'irreversible'
  return reasons.length === 0 ? 'reversible' : 'lossy'
}
