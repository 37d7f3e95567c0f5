import { createHash } from 'node:crypto'
import type pg from 'pg'
import { readCatalog } from '../catalog/read.js'
import { qualified } from '../sql/quote.js'
import type { Held } from './manifest.js'

/** What a database holds, as far as it is laid beside another. */
export interface Picture {
  tables: Held[]
  /** By the key of the object: the first part of a SHA-256 of what it is. */
  objects: Record<string, string>
}

/** Tables whose rows a dump has: those of extensions and temporary ones are left out. */
const TABLES = `SELECT n.nspname AS schema, c.relname AS name FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^(pg_|information_schema$)'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1, 2`

/** Reads the catalogue and counts every row; in a transaction of the caller's it is the picture of its snapshot. */
export async function pictureOf(client: pg.Client): Promise<Picture> {
  return { objects: await objectsOf(client), tables: await rowsOf(client) }
}

/** A hash of each object of the catalogue. */
export async function objectsOf(client: pg.Client): Promise<Picture['objects']> {
  const objects: Picture['objects'] = {}
  for (const [key, { says }] of await readCatalog(client)) objects[key] = shortHash(says)
  return objects
}

/** How many rows each table has. */
export async function rowsOf(client: pg.Client): Promise<Held[]> {
  const { rows } = await client.query<{ schema: string; name: string }>(TABLES)
  const tables: Held[] = []
  for (const { schema, name } of rows) {
    const counted = await client.query<{ rows: string }>(`SELECT count(*) AS rows FROM ONLY ${qualified(schema, name)}`)
    tables.push({ name: `${schema}.${name}`, rows: Number(counted.rows[0]?.rows) })
  }
  return tables
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
