import type pg from 'pg'
import type { TableDatabase } from '../databases/contract.js'
import type { KeptAnswers } from './kept-answers.js'

/** A throwaway database on which a history was replayed. Nothing done to it outlives {@link Shadow.close}. */
export interface Shadow extends ShadowDatabase {
  /** For people: `PGlite (PostgreSQL 18)`. */
  description: string
  /** The server's major version. */
  major: number
  /** Another, empty database of the same server. */
  empty: () => Promise<ShadowDatabase>
  /** Another database in the same state, for what has to be committed. */
  copy: () => Promise<ShadowDatabase>
  /** What was asked of it, as long as nothing in it is changed. */
  answers: KeptAnswers
}

/** A database that is thrown away. */
export interface ShadowDatabase {
  /** A session; one at a time on PGlite. */
  connect: () => Promise<pg.Client>
  /** For the engine. */
  database: TableDatabase
  close: () => Promise<void>
}

/** Where throwaway databases are made. */
export interface ShadowPlace {
  /** For people: `PGlite`. */
  product: string
  /** What a kept state depends on besides the history: the product and its version. */
  key: string
  /** The last of these names under which a state is kept. */
  lastKept: (names: readonly string[]) => Promise<string | undefined>
  /**
   * An empty database, or a copy of a kept state; throws where that is gone or damaged. `meanwhile` is called where another thread
   * is at work on that.
   */
  open: (kept?: string, meanwhile?: () => void) => Promise<KeepableDatabase>
  /** A kept state itself, for who commits nothing; absent: there are only copies. */
  openItself?: (kept: string) => Promise<ShadowDatabase>
  close: () => Promise<void>
}

export interface KeepableDatabase extends ShadowDatabase {
  /** Keeps its state under a name, once nobody is connected; absent: nothing is kept there. */
  keep?: (name: string) => Promise<void>
}
