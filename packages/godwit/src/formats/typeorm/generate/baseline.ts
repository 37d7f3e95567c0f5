import type pg from 'pg'
import { literal } from '../../../sql/quote.js'
import type { BaselineRequest, NewMigration } from '../../contract.js'
import { composeMigration } from '../create.js'
import type { Destination } from './index.js'
import { migrationText, noWayBack } from './migration-text.js'
import { isThere, recordsOf } from './records.js'
import { writtenAs } from './written-as.js'

/**
 * Composes the migration that makes what a database holds, as queries, with what TypeORM noted down about it.
 *
 * @param schema the one that the data source names
 */
export async function composeBaseline(
  { name, now, statements, client }: BaselineRequest,
  { folder, language, projectDir }: Destination,
  schema: string | undefined,
): Promise<NewMigration> {
  const queries = [...statements, ...(await notes(client, recordsOf(schema)))].map((query) => ({ query }))
  const textFor = (className: string) =>
    migrationText(className, { up: queries, down: noWayBack }, writtenAs(folder, language))
  const template = { ending: `.${language}`, textFor }
  return composeMigration(name, { now, language, template, folder, projectDir })
}

// The expressions of views and generated columns: without them TypeORM would make these anew.
async function notes(client: pg.Client, records: string): Promise<string[]> {
  if (!(await isThere(client, records))) return []
  const { rows } = await client.query<Record<'type' | 'schema' | 'table' | 'name' | 'value', string | null>>(
    `SELECT type, schema, "table", name, value FROM ${records} ORDER BY type, schema, "table", name`,
  )
  return rows.map(({ type, schema, table, name, value }) => {
    const values = [schema, table, type, name, value].map(literal).join(', ')
    return `INSERT INTO ${records}("database", "schema", "table", "type", "name", "value") VALUES (current_database(), ${values})`
  })
}
