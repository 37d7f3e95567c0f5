import type pg from 'pg'
import { GodwitError } from '../../errors.js'
import { needsQuery } from './needs.js'
import { inOrder, type Part } from './order.js'
import { afterQueries, partQueries } from './parts.js'
import { unwritableQuery } from './unwritable.js'

/** What of a database is left out. */
export interface LeftOut {
  /** Whole schemas. */
  schemas: readonly string[]
  /** Tables, by schema and name, with what belongs to them. */
  tables: readonly ObjectName[]
  /** Types, by schema and name. */
  types?: readonly ObjectName[]
}

/** Something by its own name and that of its schema. */
export interface ObjectName {
  schema: string
  name: string
}

/** The statements that make what a database holds, but for its rows. */
export interface DatabaseScript {
  statements: string[]
  /** Rights were granted, which are not written. */
  granted: boolean
  /** Types, tables, sequences and indexes that were left out, as `schema.name`. */
  out: ReadonlySet<string>
}

type Row = Part & { about: string | null }

/**
 * Reads a database and writes the statements that make it anew: schemas, extensions, types, sequences, tables, keys, indexes,
 * routines, views, triggers and comments, each behind what it needs. Read-only.
 *
 * @throws GodwitError GODWIT_BASELINE_UNWRITABLE naming what there is no statement for
 */
export async function writeScript(client: pg.Client, leftOut: LeftOut): Promise<DatabaseScript> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    const out = await partsOut(client, leftOut)
    // Every name is then printed with its schema.
    await client.query(`SELECT set_config('search_path', 'pg_catalog', true)`)
    const ours = ({ schema, about }: { schema: string | null; about?: string | null }) =>
      !(schema !== null && leftOut.schemas.includes(schema)) && !(about != null && out.has(Number(about)))
    const { rows } = await client.query<{ what: string; schema: string | null; about: string | null }>(unwritableQuery)
    const unwritable = rows.filter(ours).map(({ what }) => what)
    if (unwritable.length > 0) throw new GodwitError('GODWIT_BASELINE_UNWRITABLE', { objects: unwritable.sort() })
    const parts = (await rowsOf(client, partQueries)).filter(ours)
    const needs = await client.query<{ id: string; needs: string }>(needsQuery)
    const after = (await rowsOf(client, afterQueries)).filter(ours)
    after.sort((a, b) => a.place - b.place || (a.sql < b.sql ? -1 : 1))
    const statements = [...inOrder(parts, needs.rows), ...after].map(({ sql }) => sql)
    return {
      statements: [...leniency(statements), ...statements],
      granted: await isGranted(client),
      out: new Set(out.values()),
    }
  } finally {
    await client.query('ROLLBACK')
  }
}

// The body of a function may be about what comes behind it.
function leniency(statements: readonly string[]): string[] {
  return statements.some((sql) => /^CREATE OR REPLACE (?:FUNCTION|PROCEDURE) /.test(sql))
    ? ['SET LOCAL check_function_bodies = off']
    : []
}

async function rowsOf(client: pg.Client, queries: readonly string[]): Promise<Row[]> {
  const all: Row[] = []
  for (const query of queries) {
    const { rows } = await client.query<Row>(
      `SELECT id::text, place::int, schema::text, about::text, sql::text FROM (${query}) q (id, place, schema, about, sql)`,
    )
    all.push(...rows)
  }
  return all
}

/** The types and tables that are left out and the sequences and indexes that belong to them: their numbers and names. */
async function partsOut(client: pg.Client, { tables, types = [] }: LeftOut): Promise<Map<number, string>> {
  const { rows } = await client.query<{ oid: number; name: string }>(
    `WITH out AS (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE (n.nspname, c.relname) IN (SELECT * FROM unnest($1::text[], $2::text[]))),
     belonging AS (SELECT oid FROM out UNION SELECT indexrelid FROM pg_index WHERE indrelid IN (SELECT oid FROM out)
       UNION SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
         AND d.deptype IN ('a', 'i') AND d.refobjid IN (SELECT oid FROM out))
     SELECT c.oid AS oid, n.nspname || '.' || c.relname AS name
     FROM belonging b JOIN pg_class c ON c.oid = b.oid JOIN pg_namespace n ON n.oid = c.relnamespace
     UNION ALL SELECT t.oid, n.nspname || '.' || t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
     WHERE (n.nspname, t.typname) IN (SELECT * FROM unnest($3::text[], $4::text[]))`,
    [tables, types].flatMap((some) => [some.map(({ schema }) => schema), some.map(({ name }) => name)]),
  )
  return new Map(rows.map(({ oid, name }) => [oid, name]))
}

async function isGranted(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relacl IS NOT NULL AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' LIMIT 1`,
  )
  return rows.length > 0
}
