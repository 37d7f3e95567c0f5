import type pg from 'pg'
import { ident, qualified } from '../../../sql/quote.js'
import type { Named } from '../../find-named.js'
import type { DataSource, Query, QueryRunner } from '../typeorm-shapes.js'
import type { Proposal } from './proposals.js'

/** TypeORM's own notes on generated columns and views, in its table `typeorm_metadata`. */
const TABLE = 'typeorm_metadata'

/** What migrations noted down under the name of another database is about this one. */
export async function ownRecords(client: pg.Client, dataSource: DataSource): Promise<void> {
  const table = recordsOf(dataSource.options.schema)
  if (!(await isThere(client, table))) return
  await client.query(`UPDATE ${table} SET database = current_database()`)
  const { schema } = dataSource.options
  if (typeof schema !== 'string') return
  // TypeORM looks for them in the schema of the data source, and notes them down in the usual one.
  const misses = `"type" = 'GENERATED_COLUMN' AND "schema" = current_schema() AND to_regclass(format('%I.%I', "schema", "table")) IS NULL`
  await client.query(
    `UPDATE ${table} SET "schema" = $1 WHERE ${misses} AND to_regclass(format('%I.%I', $1::text, "table")) IS NOT NULL`,
    [schema],
  )
}

/** Lets a query runner note down generated columns in the schema that the data source names, where TypeORM looks for them. */
export function notingInSchema(runner: QueryRunner, { options: { schema } }: DataSource): void {
  const { getTableNameWithSchema } = runner
  if (typeof schema !== 'string') return
  runner.getTableNameWithSchema = async (table) => {
    const name = typeof table === 'string' ? table : table.name
    return name.includes('.') ? getTableNameWithSchema.call(runner, table) : `${schema}.${name}`
  }
}

/** What a rename has to say of generated columns, whose notes TypeORM itself leaves under the old name. */
export async function renamedRecords(
  client: pg.Client,
  dataSource: DataSource,
  { schema, table, column }: Named,
  to: string,
): Promise<Proposal[]> {
  const records = recordsOf(dataSource.options.schema)
  if (!(await isThere(client, records))) return []
  const of = `"type" = 'GENERATED_COLUMN' AND "schema" = $1 AND "table" = $2`
  const { rows } = await client.query(`SELECT FROM ${records} WHERE ${of} AND "name" = coalesce($3, "name")`, [
    schema,
    table,
    column ?? null,
  ])
  if (rows.length === 0) return []
  const renamed = (before: string, after: string): Query => {
    const where = column === undefined ? '"table" = $3' : '"table" = $3 AND "name" = $4'
    const names = column === undefined ? [before] : [table, before]
    return {
      query: `UPDATE ${records} SET ${column === undefined ? '"table"' : '"name"'} = $1 WHERE "database" = current_database() AND "type" = 'GENERATED_COLUMN' AND "schema" = $2 AND ${where}`,
      parameters: [after, schema, ...names],
    }
  }
  const from = column ?? table
  return [{ kind: 'other', up: [renamed(from, to)], down: [renamed(to, from)] }]
}

/** The table, as TypeORM writes it: unqualified where the data source names no schema. */
export function recordsOf(schema: unknown): string {
  return typeof schema === 'string' ? qualified(schema, TABLE) : ident(TABLE)
}

/** Whether there is such a table. */
export async function isThere(client: pg.Client, table: string): Promise<boolean> {
  return (await client.query('SELECT FROM pg_class WHERE oid = to_regclass($1)', [table])).rows.length > 0
}
