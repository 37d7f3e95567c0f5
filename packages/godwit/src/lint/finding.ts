/** How bad a finding is. Notes are told and fail nothing. */
export type Severity = 'error' | 'warning' | 'note'

/** What a rule may be set to. */
export type Level = Severity | 'off'

/** Something in a migration that `godwit lint` advises against. */
export interface Finding {
  /** The rule's, which is stable. */
  code: string
  severity: Severity
  /** Name of the migration. */
  migration: string
  /** Absolute path. */
  file: string
  /** 1-based. */
  line: number
  /** 1-based, in UTF-16 units. */
  column: number
  /** What is wrong here, with the names of the statement. */
  message: string
  /** Why the rule is there. */
  why: string
  /** What to write instead, for this very statement: lines of SQL or of advice. */
  recipe: string[]
  /** `godwit lint --fix` can write the recipe. */
  fixable: boolean
}
