import type pg from 'pg'
import type { Target } from '../databases/contract.js'
import { isGodwitError } from '../errors.js'
import type { Format } from '../formats/contract.js'
import { filesOf } from './baseline.js'
import type { ProjectDescription } from './load.js'
import { withClient } from './work.js'

type OnTarget = <T>(work: (target: Target) => Promise<T>) => Promise<T>

/** What the first migration of a project could be made from. */
export interface Beginnings {
  /** There are models to generate it from, and no migrations. */
  models: boolean
  /** The database has no history, and holds so many tables; `null`: it has one, is not reached, or was not to be asked. */
  database: { name: string; tables: number } | null
}

/**
 * Looks for what a first migration could be made from. What cannot be found out is no beginning.
 *
 * @param onTarget absent: the database is not asked
 */
export async function beginnings(
  format: Format,
  { config }: ProjectDescription,
  onTarget: OnTarget | undefined,
): Promise<Beginnings> {
  try {
    if ((await filesOf(format)).length > 0) return { models: false, database: null }
  } catch {
    return { models: false, database: null }
  }
  const ownSchema = config.godwit?.schema ?? 'godwit'
  const models = format.models === undefined ? config.typeorm?.dataSource !== undefined : await format.models.any()
  return {
    models,
    database: format.baseline === undefined || !onTarget ? null : await unrecorded(format.history, ownSchema, onTarget),
  }
}

async function unrecorded(
  history: Format['history'],
  ownSchema: string,
  onTarget: OnTarget,
): Promise<Beginnings['database']> {
  try {
    return await onTarget(async (target) => {
      if ((await target.look()).rows.length > 0) return null
      const tables = await withClient(target, (client) => countTables(client, [history.name, ownSchema]))
      return tables === 0 ? null : { name: target.server.database, tables }
    })
  } catch (error) {
    // It is not there yet, or not reached from here.
    if (isGodwitError(error)) return null
    throw error
  }
}

async function countTables(client: pg.Client, own: [history: string, schema: string]): Promise<number> {
  const { rows } = await client.query<{ tables: number }>(
    `SELECT count(*)::int AS tables FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', $2) AND c.relname <> $1`,
    own,
  )
  return rows[0]?.tables ?? 0
}
