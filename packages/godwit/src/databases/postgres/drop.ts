import { ident, literal } from '../../sql/quote.js'
import type { WorkingSession } from './working-session.js'

interface Droppable {
  what: string
  drop: string
}

/** What dropping would take, in words, in the order it goes. */
export async function listDroppable(session: WorkingSession): Promise<string[]> {
  return (await find(session)).map((object) => object.what)
}

/**
 * Drops what the current role owns in the schema of the history table: never extensions' objects, never the schema
 * itself, never another schema (rule 34); and forgets the journal's steps of this history. One transaction.
 */
export async function dropEverything(session: WorkingSession): Promise<void> {
  const objects = await find(session)
  const { journal, journaled, connection } = session
  const forget = journaled
    ? [
        `UPDATE ${journal.stepTable} SET outcome = 'settled' WHERE history = ${literal(journal.history)} AND outcome IN ('open', 'passed')`,
      ]
    : []
  await connection.send(['BEGIN', ...objects.map((object) => object.drop), ...forget, 'COMMIT'].join(';\n'))
}

async function find(session: WorkingSession): Promise<Droppable[]> {
  const schema = session.journal.history.slice(0, session.journal.history.length - session.table.name.length - 1)
  const { rows } = await session.client.query<{ kind: string; name: string; args: string }>(FIND, [schema])
  return rows.map((row) => ({
    what: `${row.kind.toLowerCase()} ${row.name}`,
    drop: `DROP ${row.kind} IF EXISTS ${ident(schema)}.${ident(row.name)}${row.args} CASCADE`,
  }))
}

const OWN = `n.nspname = $1 AND pg_has_role(o.owner, 'MEMBER') AND NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.objid = o.oid AND d.objsubid = 0 AND d.classid = o.class AND d.deptype IN ('e', 'i'))`

const FIND = `
SELECT o.kind, o.name, o.args FROM (
  SELECT c.oid, 'pg_class'::regclass AS class, c.relowner AS owner, c.relnamespace AS namespace, c.relname::text AS name, '' AS args,
    CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
    CASE c.relkind WHEN 'v' THEN 1 WHEN 'm' THEN 2 WHEN 'S' THEN 4 ELSE 3 END AS rank
  FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT c.relispartition
  UNION ALL
  SELECT p.oid, 'pg_proc'::regclass, p.proowner, p.pronamespace, p.proname::text, '(' || pg_get_function_identity_arguments(p.oid) || ')',
    CASE p.prokind WHEN 'a' THEN 'AGGREGATE' WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, CASE p.prokind WHEN 'a' THEN 5 ELSE 6 END
  FROM pg_proc p
  UNION ALL
  SELECT t.oid, 'pg_type'::regclass, t.typowner, t.typnamespace, t.typname::text, '',
    CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, CASE t.typtype WHEN 'd' THEN 7 ELSE 8 END
  FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
  WHERE t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')
) AS o JOIN pg_namespace n ON n.oid = o.namespace
WHERE ${OWN} ORDER BY o.rank, o.name`
