import type pg from 'pg'
import { pathNames } from '../sql/path.js'

/** A table, or a column of one, as the server has it. */
export interface Named {
  schema: string
  table: string
  column?: string
}

const found = `SELECT FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
  WHERE n.nspname = $1 AND t.relname = $2 AND t.relkind IN ('r', 'p', 'f') AND ($3::text IS NULL OR EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = $3 AND NOT a.attisdropped AND a.attnum > 0))`

/**
 * Finds what a path means. Two names are a column of a table in the usual schema where there is one, else a table in a schema.
 *
 * @param usual the schema that paths leave out
 */
export async function findNamed(client: pg.Client, path: string, usual: string): Promise<Named | undefined> {
  const [last = '', table = '', schema = usual] = (pathNames(path) ?? []).toReversed()
  const has = async ({ schema, table, column }: Named) =>
    ((await client.query(found, [schema, table, column ?? null])).rowCount ?? 0) > 0
  const column = { schema, table, column: last }
  if (table !== '' && (await has(column))) return column
  const whole = { schema: table === '' ? usual : table, table: last }
  return schema === usual && (await has(whole)) ? whole : undefined
}

/** Whether a table or column cannot be called that, as something else of its kind is. */
export async function isTaken(client: pg.Client, { schema, table, column }: Named, name: string): Promise<boolean> {
  const { rowCount } =
    column === undefined
      ? await client.query(relation, [schema, name])
      : await client.query(found, [schema, table, name])
  return (rowCount ?? 0) > 0
}

const relation = `SELECT FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = $1 AND t.relname = $2`

/** The last of the names in a path. */
export function lastName(path: string): string {
  return pathNames(path)?.at(-1) ?? ''
}
