import type { WorkingSession } from '../working-session.js'

/** How many rows were deleted from a table, whoever did it. */
export interface DeletedRows {
  oid: number
  /** With its schema where it is not on the search path. */
  place: string
  rows: number
}

const DELETED = `SELECT c.oid::int8 AS oid, CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END AS place, sum(s.n_tup_del) AS rows
FROM pg_catalog.pg_stat_xact_user_tables AS s JOIN pg_catalog.pg_class AS c ON c.oid = coalesce(pg_catalog.pg_partition_root(s.relid), s.relid)
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE s.n_tup_del > 0 AND s.schemaname NOT LIKE 'pg\\_temp%' AND s.schemaname <> $1 GROUP BY 1, 2 ORDER BY 2`

/**
 * What some work deletes in the transaction that is open, table by table, with what goes by ON DELETE CASCADE and by triggers.
 * Godwit's own tables are left out. Nothing comes back where the server does not count (`track_counts`).
 */
export async function countingDeleted<T>(
  session: WorkingSession,
  work: () => Promise<T>,
): Promise<{ result: T; deleted: DeletedRows[] }> {
  // What was not reported yet of transactions before counts too.
  const before = new Map((await read(session)).map(({ oid, rows }) => [oid, rows]))
  const result = await work()
  const after = await read(session)
  const deleted = after.map((each) => ({ ...each, rows: each.rows - (before.get(each.oid) ?? 0) }))
  return { result, deleted: deleted.filter(({ rows }) => rows > 0) }
}

async function read({ client, journal }: WorkingSession): Promise<DeletedRows[]> {
  const { rows } = await client.query(DELETED, [journal.schema])
  return rows.map((row) => ({ ...row, oid: Number(row.oid), rows: Number(row.rows) }))
}
