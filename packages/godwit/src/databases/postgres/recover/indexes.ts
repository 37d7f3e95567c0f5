import { literal } from '../../../sql/quote.js'
import type { Connection } from '../connection.js'
import { MessageFailure } from '../message.js'
import type { WorkingSession } from '../working-session.js'
import { ask } from './ask.js'
import { waitingFreely } from './patience.js'

/** An index as the catalogue has it. */
export interface FoundIndex {
  oid: number
  /** Qualified and quoted. */
  name: string
  /** Without its schema, as it is. */
  bare: string
  valid: boolean
  /** It stands on the table that was asked about. */
  onTable: boolean
  /** As the server writes it down. */
  definition: string
}

const COLUMNS = `i.indexrelid::bigint AS oid, format('%I.%I', n.nspname, c.relname) AS name, c.relname AS bare,
  i.indisvalid AS valid, pg_get_indexdef(i.indexrelid) AS definition`
const INDEXES = `pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace`

/**
 * The indexes of a table, and the one of that name elsewhere in its schema. Nothing where the table is not seen.
 *
 * @param table as SQL, found by the session's search_path
 */
export function indexesOf(connection: Connection, table: string, name?: string): Promise<FoundIndex[]> {
  const t = `(SELECT oid, relnamespace FROM pg_catalog.pg_class WHERE oid = to_regclass(${literal(table)}))`
  return ask(
    connection,
    `SELECT ${COLUMNS}, i.indrelid = t.oid AS "onTable" FROM ${t} AS t, ${INDEXES}
     WHERE i.indrelid = t.oid OR c.relnamespace = t.relnamespace AND c.relname = ${literal(name ?? null)}`,
  )
}

/** What a REINDEX CONCURRENTLY that did not end has left of its own. */
export function restsOfReindex(
  connection: Connection,
  { of, name }: { of: 'index' | 'table' | 'schema' | 'database'; name?: string },
): Promise<FoundIndex[]> {
  const wanted = literal(name ?? null)
  const within = {
    // A long name is cut before the suffix.
    index: `i.indrelid = (SELECT indrelid FROM pg_catalog.pg_index WHERE indexrelid = to_regclass(${wanted}))
      AND starts_with((SELECT relname::text FROM pg_catalog.pg_class WHERE oid = to_regclass(${wanted})), regexp_replace(c.relname, '_cc(new|old)[0-9]*$', ''))`,
    table: `i.indrelid IN (SELECT unnest(ARRAY[oid, reltoastrelid]) FROM pg_catalog.pg_class WHERE oid = to_regclass(${wanted}))`,
    schema: `(SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = coalesce((SELECT r.oid FROM pg_catalog.pg_class AS r
      WHERE r.reltoastrelid = i.indrelid), i.indrelid)) = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ${wanted})`,
    database: 'true',
  }[of]
  return ask(
    connection,
    `SELECT ${COLUMNS}, true AS "onTable" FROM ${INDEXES}
     WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' AND ${within}`,
  )
}

/**
 * Drops an INVALID index as it was made: without holding up anybody.
 *
 * @param withinMs gives up after that long; absent: waits as long as a concurrent build may
 */
export async function dropConcurrently(session: WorkingSession, name: string, withinMs?: number): Promise<void> {
  await waitingFreely(session, () => session.connection.send(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`), withinMs)
}

/**
 * Takes away what a failed statement left, if that can be done in a moment.
 *
 * @returns whether nothing is left
 */
export async function takeAway(session: WorkingSession, rests: readonly FoundIndex[]): Promise<boolean> {
  for (const { name } of rests) {
    try {
      await dropConcurrently(session, name, CLEAN_UP_MS)
    } catch (error) {
      if (!(error instanceof MessageFailure) || session.connection.lost !== undefined) throw error
      return false
    }
  }
  return true
}

const CLEAN_UP_MS = 5_000
