import { ident } from '../../../sql/quote.js'
import { schemaLocked } from '../journal.js'
import type { WorkingSession } from '../working-session.js'

/**
 * Godwit's records of seeds: `seed` has every run that changed something or failed; `seed_row` the keys of the rows that seeds put
 * there, many in one row, as lines that COPY reads back. They are not compressed: that would take a tenth of the time of the rows.
 * Those of several histories, as of two projects in one database, are kept apart.
 */
export function recordTables(schema: string): string {
  const s = ident(schema)
  return `CREATE TABLE IF NOT EXISTS ${s}.seed (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run bigint REFERENCES ${s}.run (id),
  history text NOT NULL,
  name text NOT NULL,
  hash text NOT NULL,
  environment text NOT NULL,
  outcome text NOT NULL,
  inserted bigint NOT NULL DEFAULT 0,
  updated bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  kept bigint NOT NULL DEFAULT 0,
  deleted bigint NOT NULL DEFAULT 0,
  by text NOT NULL,
  host text NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE IF NOT EXISTS ${s}.seed_row (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  history text NOT NULL,
  seed text NOT NULL,
  table_schema text NOT NULL,
  table_name text NOT NULL,
  table_oid oid NOT NULL,
  key text[] NOT NULL,
  keys text NOT NULL,
  rows integer NOT NULL
);
ALTER TABLE ${s}.seed_row ALTER COLUMN keys SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS seed_row_seed ON ${s}.seed_row (history, seed, table_schema, table_name, id);`
}

/**
 * Makes the tables where they are absent. Nothing else is under way on the session.
 *
 * @returns whether they can be written (rule 32)
 */
export async function makeRecordTables(session: WorkingSession): Promise<boolean> {
  const { connection, journal, options } = session
  if (!session.journaled) return false
  if (await writable(session)) return true
  await connection.send(schemaLocked(recordTables(journal.schema))).catch(() => connection.send('ROLLBACK'))
  if (await writable(session)) return true
  options.warn(
    `No right to record seeds in schema '${journal.schema}': what they put there is not known afterwards. What a DBA can run: godwit init --print-sql`,
  )
  return false
}

async function writable({ client, journal }: WorkingSession): Promise<boolean> {
  const { rows } = await client.query<{ tables: string; allowed: boolean | null }>(
    `SELECT count(*) AS tables, bool_and(has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
       AND has_table_privilege(c.oid, 'INSERT')) AS allowed
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname IN ('seed', 'seed_row')`,
    [journal.schema],
  )
  return Number(rows[0]?.tables) === 2 && rows[0]?.allowed === true
}
