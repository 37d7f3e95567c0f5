import { ident } from '../../../sql/quote.js'
import { rowFailed } from '../../seed-row.js'
import { type PgError, serverSays } from './row-errors.js'
import type { SeedWork, Unchecked } from './work.js'

/**
 * The staged row that an error speaks of by the values of a constraint's columns: `Key (role_id)=(7) is not present …`. The last
 * of several: of two that are the same it is the one too many.
 */
export async function byDetail(
  { session: { client } }: SeedWork,
  { shape, table, upsert }: Unchecked,
  error: PgError,
): Promise<Error | undefined> {
  const values = /\)=\((.*)\)/s.exec(error.detail ?? '')?.[1]
  if (values === undefined || error.table !== table.bare || !isAboutKeys(error)) return undefined
  const { rows: constrained } = await client.query<{ name: string }>(
    `SELECT a.attname AS name FROM pg_constraint k, unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
     JOIN pg_attribute a ON a.attnum = u.attnum WHERE k.conrelid = $1 AND a.attrelid = $1 AND k.conname = $2 ORDER BY u.place`,
    [table.oid, error.constraint],
  )
  const columns = constrained.map(({ name }) => name)
  if (columns.length === 0 || columns.some((name) => !shape.names.includes(name))) return undefined
  const text = columns.map((name) => `${ident(name)}::text`).join(` || ', ' || `)
  const key = upsert.key.map((name) => `${ident(name)}::text`).join(', ')
  const { rows } = await client.query(
    `SELECT godwit_row, ${key} FROM ${shape.stage} WHERE ${text} = $1 ORDER BY godwit_row DESC LIMIT 1`,
    [values],
  )
  if (rows[0] === undefined) return undefined
  return rowFailed(upsert, Number(rows[0].godwit_row), rows[0], ...serverSays(error, table))
}

const UNIQUE_VIOLATION = '23505'
const FOREIGN_KEY_VIOLATION = '23503'

// What is checked at the end of a statement, or of the transaction: no row alone can be tried for it.
function isAboutKeys({ code }: PgError): boolean {
  return code === FOREIGN_KEY_VIOLATION || code === UNIQUE_VIOLATION
}
