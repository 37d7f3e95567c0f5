import type pg from 'pg'
import { type SeedTable, seedTables } from '../../databases/postgres/seeding/table.js'
import type { TypedColumn, TypedPlace, TypedStore } from '../../databases/seeding.js'

/** A table with all that sample rows of it must keep. */
export interface SampleTable {
  /** `schema.table`. */
  name: string
  table: SeedTable
  typed: TypedPlace
  /** Columns that can be given, in their order. */
  columns: readonly TypedColumn[]
  checks: readonly Check[]
}

/** A CHECK, also of a domain, or the bounds of a table's partitions. */
export interface Check {
  /** `null`: a row that fits no partition is refused without a name. */
  name: string | null
  columns: readonly string[]
  /** The texts and numbers that it speaks of. */
  literals: readonly string[]
}

const CHECKS = `SELECT k.conname AS name, (SELECT jsonb_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = $1 AND a.attnum = ANY (k.conkey)) AS columns,
  pg_get_constraintdef(k.oid) AS text
FROM pg_constraint k WHERE k.conrelid = $1 AND k.contype = 'c'
UNION ALL SELECT k.conname, jsonb_build_array(a.attname), pg_get_constraintdef(k.oid)
FROM pg_attribute a JOIN pg_constraint k ON k.contypid = a.atttypid AND k.contype = 'c' WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL SELECT NULL, (SELECT jsonb_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = $1 AND a.attnum = ANY (p.partattrs)),
  string_agg(pg_get_expr(c.relpartbound, c.oid), ' ')
FROM pg_partitioned_table p JOIN pg_inherits i ON i.inhparent = p.partrelid JOIN pg_class c ON c.oid = i.inhrelid
WHERE p.partrelid = $1 GROUP BY p.partattrs`

/** Asks the database what rows of a table must be. */
export async function describeSample(
  client: pg.Client,
  typed: TypedStore,
  name: string,
): Promise<SampleTable | undefined> {
  const [table, place] = [(await seedTables(client, [name])).get(name), await typed.describe(name)]
  if (table === undefined || place === undefined) return undefined
  const { rows } = await client.query<{ name: string | null; columns: string[] | null; text: string }>(CHECKS, [
    table.oid,
  ])
  const computed = new Set(table.columns.filter(({ generated }) => generated).map((column) => column.name))
  return {
    name,
    table,
    typed: place,
    columns: place.columns.filter((column) => !computed.has(column.name)),
    checks: rows.map((check) => ({ name: check.name, columns: check.columns ?? [], literals: literalsIn(check.text) })),
  }
}

/** Texts and numbers in an expression, as the server prints it. */
export function literalsIn(text: string): string[] {
  const found = [...text.matchAll(/'((?:[^']|'')*)'|(?<![\w.'])-?\d+(?:\.\d+)?(?![\w.'])/g)]
  return [...new Set(found.map(([all, quoted]) => quoted?.replaceAll("''", "'") ?? all))]
}
