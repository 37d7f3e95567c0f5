import type pg from 'pg'
import { PEOPLES } from '../../catalog/queries.js'
import { type Catalog, readCatalog, type TableName } from '../../catalog/read.js'
import { ident, qualified } from '../../sql/quote.js'
import type { Picture, Rows } from '../picture.js'
import { moreObjects } from './more-objects.js'

/** Larger tables are only counted: they would lie in memory twice. */
const MOST_ROWS = 10_000

/** What is not the migrations' own: schemas, and tables of the history. */
export interface Own {
  schemas: readonly string[]
  tables: readonly TableName[]
}

interface Table extends TableName {
  columns: string[]
}

// Partitions are seen through their table.
const TABLES = `SELECT n.nspname AS schema, c.relname AS name,
    (SELECT coalesce(jsonb_agg(a.attname ORDER BY a.attname), '[]') FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND ${PEOPLES}
    AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
  ORDER BY 1, 2`

/** The tables that migrations are about. */
export async function tablesOf(client: pg.Client, own: Own): Promise<Table[]> {
  const { rows } = await client.query<Table>(TABLES)
  return rows.filter(({ schema, name }) => !isOwn(own, [schema, name]))
}

/** Reads the whole database: what it is made of, and each row as hashes. */
export async function lookAtTables(client: pg.Client, own: Own): Promise<Picture> {
  const objects = withoutOwn(await readCatalog(client, undefined, moreObjects), own)
  const rows = new Map<string, Rows>()
  for (const table of await tablesOf(client, own))
    rows.set(`${table.schema}.${table.name}`, await readRows(client, table))
  return { objects, rows, sequences: await readSequences(client, own) }
}

async function readRows(client: pg.Client, { schema, name, columns }: Table): Promise<Rows> {
  const table = qualified(schema, name)
  const list = columns.map((column) => `md5(${ident(column)}::text)`).join(', ')
  const { rows } = await client.query<(string | null)[]>({
    text: `SELECT ${list} FROM ${table} LIMIT ${MOST_ROWS + 1}`,
    rowMode: 'array',
  })
  if (rows.length <= MOST_ROWS) return { count: rows.length, columns, hashes: rows }
  const counted = await client.query<{ count: string }>(`SELECT count(*) FROM ${table}`)
  return { count: Number(counted.rows[0]?.count), columns }
}

async function readSequences(client: pg.Client, own: Own): Promise<Map<string, bigint | null>> {
  const { rows } = await client.query<{ schema: string; name: string; last: string | null }>(
    `SELECT schemaname AS schema, sequencename AS name, last_value::text AS last FROM pg_sequences WHERE increment_by > 0`,
  )
  return new Map(
    rows
      .filter(({ schema, name }) => !isOwn(own, [schema, name]))
      .map(({ schema, name, last }) => [`${schema}.${name}`, last === null ? null : BigInt(last)]),
  )
}

function withoutOwn(catalog: Catalog, own: Own): Catalog {
  return new Map([...catalog].filter(([, { at }]) => !isOwn(own, at)))
}

function isOwn({ schemas, tables }: Own, [schema = '', name]: readonly string[]): boolean {
  return schemas.includes(schema) || tables.some((table) => table.schema === schema && table.name === name)
}
