import type pg from 'pg'
import { literal } from '../sql/quote.js'
import { catalogQueries, heldTo } from './queries.js'

/** One object of a database. */
export interface CatalogObject {
  /** `table`, `column`, `constraint`, `index`, `enum`, `function`, … */
  kind: string
  /** The names on the way to it: schema, table, column. */
  at: readonly string[]
  /** What it is, as the server itself prints it: two that are equal print the same. */
  says: string
}

/** A table by its own name. */
export interface TableName {
  schema: string
  name: string
}

/** A whole database but for its data, by {@link keyOf}. What extensions brought along is not in it. */
export type Catalog = ReadonlyMap<string, CatalogObject>

// The server then prints every name with its schema. Local: outside of a transaction that is the message itself.
const withoutPath = `SELECT set_config('godwit.search_path', current_setting('search_path'), true), set_config('search_path', 'pg_catalog', true)`
const pathAsBefore = `SELECT set_config('search_path', current_setting('godwit.search_path'), true)`

interface Row {
  kind: string
  /** Parted by U+001F. */
  at: string
  says: string
}

/**
 * Reads the catalogue in a few set-wide queries, all in one message. The order of columns is not part of it.
 *
 * @param tables of tables, and what belongs to tables, only these; default all. Everything else is read in any case
 * @param more further queries of the same kind
 */
export async function readCatalog(
  client: pg.Client,
  tables?: readonly TableName[],
  more: readonly string[] = [],
): Promise<Catalog> {
  const some = tables === undefined ? undefined : listOf(tables)
  const queries = [...catalogQueries, ...more].map((query) => {
    const held = some === undefined ? query : heldTo(query, some)
    return `SELECT kind, array_to_string(at::text[], E'\\x1f') AS at, array_to_string(says::text[], ' | ') AS says FROM (${held}) found`
  })
  const text = [withoutPath, ...queries, pathAsBefore].join(';\n')
  const results = (await client.query(text)) as unknown as pg.QueryResult<Row>[]
  const catalog = new Map<string, CatalogObject>()
  for (const { rows } of results) {
    for (const { kind, at, says } of rows) {
      if (kind === undefined) continue
      const object = { kind, at: at.split('\x1f'), says }
      catalog.set(keyOf(object.kind, object.at), object)
    }
  }
  return catalog
}

function listOf(tables: readonly TableName[]): string {
  const rows = tables.map(({ schema, name }) => `(${literal(schema)}, ${literal(name)})`)
  return rows.length === 0 ? 'SELECT NULL, NULL WHERE false' : `VALUES ${rows.join(', ')}`
}

/** What an object goes by within its catalogue. */
export function keyOf(kind: string, at: readonly string[]): string {
  return `${kind} ${at.join('.')}`
}

/** What is in one of two catalogues only, or says something else there: keys, sorted. */
export function difference(before: Catalog, after: Catalog): { gone: string[]; made: string[]; changed: string[] } {
  const keys = [...before.keys()].sort()
  return {
    gone: keys.filter((key) => !after.has(key)),
    made: [...after.keys()].filter((key) => !before.has(key)).sort(),
    changed: keys.filter((key) => after.has(key) && after.get(key)?.says !== before.get(key)?.says),
  }
}
