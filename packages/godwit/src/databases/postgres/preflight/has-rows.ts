import { PEOPLES } from '../../../catalog/queries.js'
import { literal } from '../../../sql/quote.js'
import { LOCKED } from '../facts/queries.js'
import type { WorkingSession } from '../working-session.js'

/** Whether any table of people's holds something: of an empty database nothing has to be asked. */
export async function hasRows({ client, table, options }: WorkingSession): Promise<boolean> {
  const own = [table.name, ...(options.ownTables ?? [])].map((name) => literal(name))
  const { rows } = await client.query<{ filled: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'm') AND ${PEOPLES} AND n.nspname <> ${literal(options.schema)} AND c.relname NOT IN (${own.join(', ')})
         AND CASE WHEN c.oid IN (${LOCKED}) THEN true ELSE pg_relation_size(c.oid) > 0 END) AS filled`,
  )
  return rows[0]?.filled ?? false
}
