import { ident, qualified } from '../../../sql/quote.js'
import type { Cleared } from '../../seeding.js'
import { projectTables } from '../drop.js'
import type { WorkingSession } from '../working-session.js'
import { recordCleared } from './record-cleared.js'

/** How many rows the project's tables have; empty ones are left out. */
export async function countAll(session: WorkingSession): Promise<Cleared[]> {
  const { schema, tables, left, histories } = await projectTables(session)
  if (histories.length > 0)
    session.options.warn(`Left as they are, as histories of other tools: ${histories.join(', ')}`)
  if (left.length > 0) session.options.warn(`Left as they are, because other roles own them: ${left.join(', ')}`)
  return count(session, schema, tables)
}

/**
 * Empties the project's tables, in the transaction that is open, and begins their sequences anew. Histories and Godwit's own tables
 * stay. Nothing is done where all are empty.
 *
 * @param refuse throws when it is more than was told
 */
export async function truncateAll(
  session: WorkingSession,
  refuse: (now: readonly Cleared[]) => void,
): Promise<Cleared[]> {
  const { schema, tables } = await projectTables(session)
  if (tables.length === 0) return []
  const list = tables.map((name) => qualified(schema, name)).join(', ')
  // What is counted cannot change any more.
  await session.client.query(`LOCK TABLE ${list} IN ACCESS EXCLUSIVE MODE`)
  const cleared = await count(session, schema, tables)
  refuse(cleared)
  if (cleared.length > 0) await session.client.query(`TRUNCATE ${list} RESTART IDENTITY`)
  return cleared
}

/** Records for each seed of this history that rows of it went, and forgets them; those of others went too. */
export async function forgetAll(session: WorkingSession): Promise<void> {
  const { schema, tables } = await projectTables(session)
  const { rows } = await session.client.query<{ seed: string; rows: string }>(
    `WITH gone AS (DELETE FROM ${ident(session.journal.schema)}.seed_row WHERE table_schema = $1 AND table_name = ANY ($2) RETURNING history, seed, rows)
     SELECT seed, sum(rows) AS rows FROM gone WHERE history = $3 GROUP BY seed ORDER BY seed`,
    [schema, tables, session.journal.history],
  )
  await recordCleared(session, new Map(rows.map((row) => [row.seed, Number(row.rows)])))
}

async function count({ client }: WorkingSession, schema: string, tables: readonly string[]): Promise<Cleared[]> {
  if (tables.length === 0) return []
  const counts = tables.map((name, i) => `(SELECT count(*) FROM ${qualified(schema, name)}) AS n${i}`)
  const { rows } = await client.query(`SELECT ${counts.join(', ')}, current_schemas(true) AS schemas`)
  const visible = rows[0]?.schemas.includes(schema) === true
  return tables
    .map((name, i) => ({ place: visible ? name : `${schema}.${name}`, rows: Number(rows[0]?.[`n${i}`]) }))
    .filter((each) => each.rows > 0)
}
