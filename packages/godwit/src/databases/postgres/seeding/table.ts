import type pg from 'pg'
import { qualified } from '../../../sql/quote.js'

/** What seeding needs to know of a column. */
export interface SeedColumn {
  name: string
  /** As SQL says it, such as `character varying(20)`. */
  type: string
  /** Its bare name, such as `varchar`; of a domain that of its base. */
  base: string
  array: boolean
  /** It has an equality that tells different values apart; else its text is compared. */
  comparable: boolean
  identity: 'always' | 'default' | null
  /** The server computes it: it cannot be given. */
  generated: boolean
  /** The sequence that its default takes the next value from, qualified. */
  sequence: string | null
}

/** A table as seeds see it. */
export interface SeedTable {
  oid: number
  /** With its schema where it is not on the search path. */
  name: string
  /** Qualified and quoted. */
  sql: string
  columns: SeedColumn[]
  /** The columns that each unique index speaks of; any that holds all of them tells a row from every other. */
  unique: string[][]
  references: string[]
}

const TABLES = `SELECT w.name AS asked, c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name, pg_table_is_visible(c.oid) AS visible,
  (SELECT jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'base', b.typname, 'array', t.typcategory = 'A',
      'comparable', b.typname <> 'json' AND EXISTS (SELECT FROM pg_opclass o JOIN pg_am am ON am.oid = o.opcmethod
        WHERE am.amname = 'btree' AND o.opcdefault AND o.opcintype = (CASE WHEN b.typcategory = 'A' THEN 'anyarray'::regtype
          WHEN b.typtype = 'e' THEN 'anyenum'::regtype WHEN b.typtype = 'r' THEN 'anyrange'::regtype
          WHEN b.typname = 'varchar' THEN 'text'::regtype ELSE b.oid END)),
      'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'default' END,
      'generated', a.attgenerated <> '',
      'sequence', pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname)) ORDER BY a.attnum)
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
  (SELECT coalesce(jsonb_agg(u.columns), '[]') FROM (
    SELECT (SELECT jsonb_agg(DISTINCT a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
        AND (a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
          AND d.objid = i.indexrelid AND d.refobjid = c.oid AND d.refobjsubid = a.attnum AND i.indexprs IS NOT NULL))) AS columns
    FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL) u) AS "unique",
  (SELECT coalesce(jsonb_agg(DISTINCT CASE WHEN pg_table_is_visible(f.oid) THEN f.relname ELSE fn.nspname || '.' || f.relname END), '[]')
    FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
    WHERE k.conrelid = c.oid AND k.contype = 'f') AS "references"
FROM unnest($1::text[]) AS w (name)
JOIN pg_class c ON c.relkind IN ('r', 'p') JOIN pg_namespace n ON n.oid = c.relnamespace
  AND (c.relname = w.name AND pg_table_is_visible(c.oid) OR n.nspname || '.' || c.relname = w.name)`

/** Asks for tables by name; those that are not there are left out. */
export async function seedTables(client: pg.Client, names: readonly string[]): Promise<Map<string, SeedTable>> {
  const { rows } = await client.query(TABLES, [[...new Set(names)]])
  return new Map(
    rows.map(({ asked, schema, visible, ...row }) => {
      const name = visible ? row.name : `${schema}.${row.name}`
      const sql = qualified(schema, row.name)
      const { columns, unique, references } = row
      return [asked, { oid: Number(row.oid), name, sql, columns: columns ?? [], unique, references }]
    }),
  )
}

/** Whether a key is kept unique: some unique index speaks of nothing else. */
export function isUnique({ unique }: Pick<SeedTable, 'unique'>, key: readonly string[]): boolean {
  return unique.some((columns) => columns.length > 0 && columns.every((column) => key.includes(column)))
}
