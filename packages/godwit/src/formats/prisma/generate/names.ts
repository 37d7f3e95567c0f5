import type pg from 'pg'
import { pathText } from '../../../sql/path.js'
import { isWithin, type NamesKnown, shortPath } from '../../answered-names.js'
import type { Changes } from './changes.js'

/** Tables and columns of a database: `users`, `users.name`, each with its schema where that is not the usual one. */
export async function readNames(client: pg.Client, usual: string): Promise<string[]> {
  const { rows } = await client.query<{ schema: string; table: string; columns: string[] }>(
    `SELECT n.nspname::text AS schema, t.relname::text AS "table", ARRAY(SELECT a.attname::text FROM pg_attribute a
       WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
     FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
     WHERE t.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
  )
  return rows.flatMap(({ schema, table, columns }) => {
    const names = [schema === usual ? undefined : schema, table]
    return [pathText(names), ...columns.map((column) => pathText([...names, column]))]
  })
}

/**
 * What answers may speak of.
 *
 * @param before what the history makes
 * @param renamed the same with the renames made
 */
export function namesKnown(before: string[], renamed: readonly string[], changes: Changes, usual: string): NamesKnown {
  const short = (table: string) => shortPath(table, usual)
  const gone = [
    ...changes.droppedTables.map(short),
    ...changes.droppedColumns.map(({ table, column }) => `${short(table)}.${pathText([column])}`),
  ]
  return {
    usual,
    before,
    after: [
      ...renamed.filter((path) => !gone.some((each) => isWithin(path, each))),
      ...changes.createdTables.map(({ table }) => short(table)),
      ...changes.addedColumns.map(({ table, column }) => `${short(table)}.${pathText([column])}`),
    ],
  }
}
