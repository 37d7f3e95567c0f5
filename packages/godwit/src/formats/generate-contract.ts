import type pg from 'pg'
import type { Shadow } from '../shadow/contract.js'
import type { NewMigration } from './contract.js'

/** What a migration is to be generated from. */
export interface GenerateRequest {
  name: string
  now: Date
  /** The history, replayed. */
  shadow: Shadow
  renames: RenameAnswers
  /** Columns (`users.age`) whose type is changed by making them anew, empty, where the format can change it in place. */
  recreate: readonly string[]
  /** The schema of Godwit's own records, which is no part of what is compared. */
  ownSchema: string
  /** What to compare with where the format has no models: a database URL or a file of SQL. */
  from?: string | undefined
  /** A session on a database with data in it, for numbers of rows in what is lost; only read. Absent: none was named. */
  live?: (<T>(work: (client: pg.Client) => Promise<T>) => Promise<T>) | undefined
}

/** What an initial migration is to be composed of. */
export interface BaselineRequest {
  name: string
  now: Date
  /** In the order in which they run, without a semicolon at the end. */
  statements: readonly string[]
  /** On the database that holds it already; read-only. */
  client: pg.Client
  /** The schema of Godwit's own records, which is no part of it. */
  ownSchema: string
  /** Asked before models that say something already are written anew; absent: they are left alone. */
  mayReplace?: MayReplace | undefined
}

/** Whether files of models may be written anew; `lost`: what only they say. Paths are relative to the project's folder. */
export type MayReplace = (models: { files: string[]; lost: string[] }) => Promise<boolean>

/** What people said about columns and tables that look renamed. */
export interface RenameAnswers {
  /** These are renames. */
  renamed: Rename[]
  /** These are not: the old one goes with its data, the new one is empty. */
  notRenamed: Rename[]
}

/**
 * A column (`users.name`) or a table (`users`) with its old and its new name, each with its schema where that is not the usual one. A
 * name that holds a dot, a colon or a quote stands in double quotes, as in SQL: `"my.table".name`.
 */
export interface Rename {
  from: string
  to: string
}

/** A statement, and why the server refuses it. */
export interface FailedStatement {
  statement: string
  reason: string
}

/** What generating found. */
export interface Generated {
  /** What was compared, for people: `8 entities`, `9 tables`. */
  compared: string[]
  /** `null`: the models say nothing that the history lacks. */
  migration: NewMigration | null
  /** What its up fails with on the shadow: as it stands, it is not to be written. */
  failing?: FailedStatement
  /** What its up would run, one statement each. */
  statements: string[]
  /** What looks like a rename and was not answered for; the migration is then not to be written. */
  unanswered: Rename[]
  /** What the up takes data away from, in words. */
  losses: string[]
  /** Objects that only hand-written SQL made, and that were left alone. */
  kept: string[]
  /** Which models there were; told where nothing was found. */
  models?: ComparedModels
}

/** The models of a project, for who looks for one that was not compared. File names are relative to the project. */
export interface ComparedModels {
  /** Their names, sorted. */
  found: string[]
  /** Files that hold a model which is not one of the project's. */
  unlisted: string[]
  /** Files where models lie that hold none. */
  without: string[]
  /** Globs for models that match no file. */
  matchless?: string[]
}
