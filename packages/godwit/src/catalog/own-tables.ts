import type pg from 'pg'
import type { TableFormat } from '../formats/contract.js'
import type { TableName } from './read.js'

/** The tables of a format's history, which no migration is about. */
export async function ownTablesOf(
  client: pg.Client,
  { history, ownTables = [] }: Pick<TableFormat, 'history' | 'ownTables'>,
): Promise<TableName[]> {
  const { rows } = await client.query<{ schema: string }>('SELECT current_schema() AS schema')
  const schema = history.schema ?? rows[0]?.schema ?? 'public'
  return [history.name, ...ownTables].map((name) => ({ schema, name }))
}
