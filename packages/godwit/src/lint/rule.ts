import type { Schema } from '../impact/schema.js'
import type { Tree } from '../sql/parser.js'
import type { Level } from './finding.js'
import type { LintedMigration, LintedStatement } from './migration.js'
import type { LintOptions } from './options.js'

/** One thing that lint looks for. */
export interface Rule {
  /** Stable; where Squawk has the same rule, Squawk's name. */
  code: string
  /** How bad it is where the config does not say. */
  level: Level | ((options: LintOptions) => Level)
  /** One paragraph. */
  why: string
  /** Who else looks for it. */
  from: readonly string[]
  /** Codes of other linters whose finding this one is; a comment that suppresses them suppresses it. */
  also?: readonly string[]
  /** SQL in which it is found, and the nearest in which it is not; with what they are said to be run as. */
  examples?: { finds: string; passes: string; as?: 'one' | 'none'; major?: number }
  /** Looks at one statement. */
  statement?: (at: At) => Found[]
  /** Looks at a migration behind its last statement. */
  migration?: (of: AtEnd) => Found[]
}

/** What a rule found. */
export interface Found {
  message: string
  /** What to write instead. */
  recipe: string[]
  /** Where in the statement, in bytes as the parser counts; absent: at its beginning. */
  at?: number | undefined
  /** Where in the file, for what is about no statement. */
  place?: { line: number; column: number }
  fix?: Fix
}

/** Statements that do the same in a safe way. */
export interface Fix {
  statements: string[]
  /** Which command of an ALTER TABLE they stand for; absent: for the whole statement. */
  command?: number
  /** Each of them must be a transaction of its own. */
  apart: boolean
}

/** A statement with all that came before it. */
export interface At {
  tree: Tree
  statement: LintedStatement
  /** As the statements before have made it. */
  schema: Schema
  options: LintOptions
  migration: LintedMigration
  inTransaction: boolean
  /** The trees before it in the migration. */
  before: readonly Tree[]
  /** Those of them in the transaction that is open now. */
  sameTransaction: readonly Tree[]
}

/** A migration with what its statements were. */
export interface AtEnd {
  migration: LintedMigration
  /** Behind its last statement. */
  schema: Schema
  options: LintOptions
  inTransaction: boolean
  /** What each statement did to tables that were there before. */
  concerns: Concerns
}

/** Places of the first statement that changes the schema of tables that were there, and of the first that changes their rows. */
export interface Concerns {
  schema?: { statement: LintedStatement; what: string }
  data?: { statement: LintedStatement; what: string }
}
