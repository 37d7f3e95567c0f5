import type { FormatId } from '../formats/contract.js'
import type { Classification } from '../sql/classify.js'
import type { Tree } from '../sql/parser.js'

/** One migration as the rules see it. */
export interface LintedMigration {
  name: string
  /** Absolute path of the file that people edit. */
  file: string
  format: FormatId
  statements: readonly LintedStatement[]
  /** How a run sends it: in one transaction, one statement at a time, or in transactions of its own. */
  transaction: 'one' | 'none' | 'own'
  /** There is no way back, and nobody said that this is meant. */
  lacksDown: boolean
  /** What only running it tells. */
  notListed: readonly NotListed[]
  /** A function on documents whose second run may change something again (MongoDB). */
  notIdempotent?: readonly { line: number; column: number; call: string }[]
  /** Lines of the file, for the comments in it. */
  lines: readonly string[]
}

/** Something in a function that is no statement of known text. */
export interface NotListed {
  line: number
  /** What stands there, or why it is not known. */
  what: string
}

/** One statement of a migration. */
export interface LintedStatement {
  text: string
  class: Classification
  /** Absent: our parser does not know the syntax, or the statement is too large. */
  tree?: Tree
  /** Where a character of the text stands in the file. */
  locate: (offset: number) => { line: number; column: number }
}
