import type pg from 'pg'
import { OBJECTS } from '../databases/postgres/droppable-sql.js'
import { ident } from '../sql/quote.js'

/** Something that stands in the way of a restore. */
export interface Standing {
  /** In words: `table public.users`. */
  what: string
  drop: string
}

/** Schemas of the project's, with how many tables; and what belongs to no schema. */
const OUTSIDE_PUBLIC = `
SELECT 1 AS rank, 'schema ' || n.nspname || CASE count(c.oid) WHEN 0 THEN '' WHEN 1 THEN ' (1 table)' ELSE ' (' || count(c.oid) || ' tables)' END AS what,
  format('DROP SCHEMA IF EXISTS %I CASCADE', n.nspname) AS drop
FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p')
WHERE n.nspname !~ '^(pg_|information_schema$|public$)' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
  WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objid = n.oid AND d.deptype = 'e')
GROUP BY n.nspname
UNION ALL SELECT 0, 'publication ' || pubname, format('DROP PUBLICATION IF EXISTS %I', pubname) FROM pg_catalog.pg_publication
UNION ALL SELECT 0, 'event trigger ' || evtname, format('DROP EVENT TRIGGER IF EXISTS %I', evtname) FROM pg_catalog.pg_event_trigger e
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = e.oid AND d.deptype = 'e')
UNION ALL SELECT 2, 'foreign server ' || srvname, format('DROP SERVER IF EXISTS %I CASCADE', srvname) FROM pg_catalog.pg_foreign_server s
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = s.oid AND d.deptype = 'e')
UNION ALL SELECT 3, 'foreign-data wrapper ' || fdwname, format('DROP FOREIGN DATA WRAPPER IF EXISTS %I CASCADE', fdwname)
  FROM pg_catalog.pg_foreign_data_wrapper w WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = w.oid AND d.deptype = 'e')
UNION ALL SELECT 2, count(*) || ' large objects', 'SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata'
  FROM pg_catalog.pg_largeobject_metadata HAVING count(*) > 0
ORDER BY 1, 2`

/**
 * Everything in a database that a dump of it could hold and that can be dropped, in the order it goes. Extensions of the schema `public`
 * stay: a restore takes those that are there, and not every role could make them again.
 */
export async function contentsOf(client: pg.Client): Promise<Standing[]> {
  const inPublic = await client.query<{ kind: string; target: string; shown: string }>(OBJECTS, ['public'])
  const { rows } = await client.query<Standing>(OUTSIDE_PUBLIC)
  return [
    ...inPublic.rows.map(({ kind, target, shown }) => ({
      what: `${kind.toLowerCase()} public.${shown}`,
      drop: `DROP ${kind} IF EXISTS ${ident('public')}.${target} CASCADE`,
    })),
    ...rows.map(({ what, drop }) => ({ what, drop })),
  ]
}
