import type pg from 'pg'
import type { TableDatabase } from '../databases/contract.js'

/** A throwaway database on which a history was replayed. Nothing done to it outlives {@link Shadow.close}. */
export interface Shadow {
  /** For people: `PGlite (PostgreSQL 18)`. */
  description: string
  /** The server's major version. */
  major: number
  /** A session on the replayed state; one at a time on PGlite. */
  connect: () => Promise<pg.Client>
  /** The same database for the engine. */
  database: TableDatabase
  /** Another, empty database of the same server. */
  empty: () => Promise<Shadow>
  close: () => Promise<void>
}
