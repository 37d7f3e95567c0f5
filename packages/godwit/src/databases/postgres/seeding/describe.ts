import type pg from 'pg'
import { ident } from '../../../sql/quote.js'
import type { TypedColumn, TypedPlace, TypedStore } from '../../seeding.js'
import { type SeedTable, seedTables } from './table.js'

const COLUMNS = `SELECT a.attname AS name, b.typname AS type, t.typcategory = 'A' AS "array",
  CASE WHEN e.typname IN ('varchar', 'bpchar') AND m.mod > 4 THEN m.mod - 4 WHEN b.typname = 'numeric' AND m.mod > 4 THEN ((m.mod - 4) >> 16) & 65535 END AS length,
  CASE WHEN b.typname = 'numeric' AND m.mod > 4 THEN (m.mod - 4) & 2047 END AS scale,
  NOT (a.attnotnull OR t.typnotnull) AS nullable, a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '' AS given,
  (SELECT jsonb_agg(v.enumlabel ORDER BY v.enumsortorder) FROM pg_enum v WHERE v.enumtypid = b.oid) AS values
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  JOIN pg_type e ON e.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
  JOIN pg_type b ON b.oid = CASE WHEN e.typcategory = 'A' AND e.typelem <> 0 THEN e.typelem ELSE e.oid END
  CROSS JOIN LATERAL (SELECT CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS mod) m
WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`

const KEYS = `SELECT k.contype AS kind, pg_table_is_visible(f.oid) AS visible, n.nspname AS schema, f.relname AS place,
  (SELECT jsonb_agg(a.attname ORDER BY u.i) FROM unnest(k.conkey) WITH ORDINALITY u (n, i) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n) AS columns,
  (SELECT jsonb_agg(a.attname ORDER BY u.i) FROM unnest(k.confkey) WITH ORDINALITY u (n, i) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n) AS targets
FROM pg_constraint k LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace n ON n.oid = f.relnamespace
WHERE k.conrelid = $1 AND k.contype IN ('p', 'f') ORDER BY k.conname`

/** What rows of tables can be made from. */
export function typedTables(client: pg.Client): TypedStore {
  const tableOf = async (place: string): Promise<SeedTable | undefined> =>
    (await seedTables(client, [place])).get(place)
  return {
    describe: async (place) => {
      const table = await tableOf(place)
      return table === undefined ? undefined : describe(client, table)
    },
    sample: async (place, columns, limit) => {
      const table = await tableOf(place)
      if (table === undefined) return []
      const list = columns.map((name) => `${ident(name)}::text`).join(', ')
      const all = columns.map((name) => `${ident(name)} IS NOT NULL`).join(' AND ')
      return (await client.query(`SELECT ${list} FROM ${table.sql} WHERE ${all} LIMIT ${limit}`)).rows
    },
    highest: async (place, column) => {
      const table = await tableOf(place)
      if (table === undefined) return 0n
      const { rows } = await client.query(
        `SELECT greatest(max(${ident(column)}), 0)::text AS highest FROM ${table.sql}`,
      )
      return BigInt(rows[0]?.highest ?? 0)
    },
  }
}

async function describe(client: pg.Client, { oid, name, sql, unique }: SeedTable): Promise<TypedPlace> {
  const columns = (await client.query<TypedColumn>(COLUMNS, [oid])).rows
  const keys = (await client.query(KEYS, [oid])).rows
  const primary: string[] = keys.find(({ kind }) => kind === 'p')?.columns ?? []
  const foreignKeys = keys
    .filter(({ kind }) => kind === 'f')
    .map(({ visible, schema, place, ...key }) => ({
      columns: key.columns,
      targets: key.targets,
      place: visible ? place : `${schema}.${place}`,
    }))
  const { rows } = await client.query(`SELECT count(*) AS rows FROM ${sql}`)
  return { name, columns, primary, unique, foreignKeys, rows: Number(rows[0]?.rows) }
}
