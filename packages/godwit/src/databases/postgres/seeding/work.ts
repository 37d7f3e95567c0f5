import { ident } from '../../../sql/quote.js'
import type { SeedIdentity, Upsert } from '../../seeding.js'
import type { WorkingSession } from '../working-session.js'
import type { KeyRecords } from './key-records.js'
import type { Shape } from './shape.js'
import type { SeedTable } from './table.js'

/** A seed at work, in its transaction. */
export interface SeedWork {
  session: WorkingSession
  identity: SeedIdentity
  /** What it inserted. */
  keys: KeyRecords
  /** A name for a temporary table that it has not used yet. */
  nextStage: () => string
  /** Stages of tables whose constraints are checked at the end. */
  unchecked: Unchecked[]
  /** Ends the COPY under way, where there is one: on its session nothing can be asked meanwhile. */
  pause?: (() => Promise<void>) | undefined
}

/** Rows that were put there, of which constraints are yet to be checked. */
export interface Unchecked {
  shape: Shape
  table: SeedTable
  upsert: Upsert
}

/** Makes the temporary table of a shape. */
export async function makeStage({ session }: SeedWork, table: SeedTable, { stage, names }: Shape): Promise<void> {
  const list = names.map(ident).join(', ')
  await session.connection.send(
    `CREATE TEMPORARY TABLE ${stage} ON COMMIT DROP AS SELECT 0::bigint AS godwit_row, ${list} FROM ${table.sql} WITH NO DATA`,
  )
}

/** Takes back what the upsert under way has done. */
export async function undoUpsert({ session }: SeedWork): Promise<void> {
  await session.connection.send('ROLLBACK TO SAVEPOINT godwit_upsert')
}
