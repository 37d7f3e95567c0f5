import { notOfExtension, PEOPLES } from '../../catalog/queries.js'

/** The first oid that is not the server's own (`FirstNormalObjectId`). */
const FIRST_OF_PEOPLE = 16384

interface Granted {
  /** Columns of the names on the way to it. */
  at: string
  acl: string
  /** The rights that there are where nobody was granted any. */
  usual: string
  owner: string
  from: string
  where?: string
}

// What the owner can do anyway is no grant.
const grants = ({ at, acl, usual, owner, from, where = 'true' }: Granted) =>
  `SELECT 'grant' AS kind, ARRAY[${at}, CASE WHEN g.grantee = 0 THEN 'public' ELSE pg_get_userbyid(g.grantee) END] AS at,
     ARRAY[string_agg(g.privilege_type || CASE WHEN g.is_grantable THEN ' with grant option' ELSE '' END, ', ' ORDER BY g.privilege_type)] AS says
   FROM ${from} CROSS JOIN LATERAL aclexplode(coalesce(${acl}, ${usual})) g
   WHERE ${PEOPLES} AND ${where} AND g.grantee <> ${owner} GROUP BY ${at}, g.grantee`

const routine = `p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'`

/** Classes of which only that they are there, and under which name, is compared. */
const named: Record<string, string> = {
  operator: 'pg_operator',
  'operator class': 'pg_opclass',
  collation: 'pg_collation',
  cast: 'pg_cast',
  'text search configuration': 'pg_ts_config',
  'text search dictionary': 'pg_ts_dict',
  'foreign-data wrapper': 'pg_foreign_data_wrapper',
  server: 'pg_foreign_server',
  publication: 'pg_publication',
  'event trigger': 'pg_event_trigger',
}

/**
 * What the catalogue of `generate` leaves out because no model says it, and a down can forget: rights, owners, rules, statistics, comments
 * on what has none there, settings of columns, and the rarer kinds by name. Rows as those of `catalogQueries`.
 */
export const moreObjects: readonly string[] = [
  grants({
    at: 'n.nspname, c.relname',
    acl: 'c.relacl',
    usual: `acldefault(CASE WHEN c.relkind = 'S' THEN 's' ELSE 'r' END::"char", c.relowner)`,
    owner: 'c.relowner',
    from: 'pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace',
    where: `c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND ${notOfExtension('pg_class', 'c.oid')}`,
  }),
  grants({
    at: 'n.nspname, c.relname, a.attname',
    acl: 'a.attacl',
    usual: 'a.attacl',
    owner: 'c.relowner',
    from: 'pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace',
    where: 'NOT a.attisdropped',
  }),
  grants({
    at: 'n.nspname',
    acl: 'n.nspacl',
    usual: `acldefault('n', n.nspowner)`,
    owner: 'n.nspowner',
    from: 'pg_namespace n',
  }),
  grants({
    at: `n.nspname, ${routine}`,
    acl: 'p.proacl',
    usual: `acldefault('f', p.proowner)`,
    owner: 'p.proowner',
    from: 'pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace',
    where: notOfExtension('pg_proc', 'p.oid'),
  }),
  `SELECT 'default rights' AS kind, ARRAY[pg_get_userbyid(d.defaclrole), coalesce(n.nspname, 'every schema'), d.defaclobjtype::text] AS at,
     ARRAY[(SELECT string_agg(i::text, ', ' ORDER BY i::text) FROM unnest(d.defaclacl) i)] AS says
   FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace`,

  `SELECT 'owner' AS kind, ARRAY[n.nspname, c.relname, pg_get_userbyid(c.relowner)] AS at, ARRAY[]::text[] AS says
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND ${PEOPLES} AND ${notOfExtension('pg_class', 'c.oid')}
     AND c.relowner <> (SELECT oid FROM pg_roles WHERE rolname = current_user)`,

  `SELECT 'rule' AS kind, ARRAY[n.nspname, c.relname, r.rulename] AS at, ARRAY[pg_get_ruledef(r.oid)] AS says
   FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE r.rulename <> '_RETURN' AND ${PEOPLES} AND ${notOfExtension('pg_class', 'c.oid')}`,

  `SELECT 'statistics' AS kind, ARRAY[n.nspname, s.stxname] AS at, ARRAY[pg_get_statisticsobjdef(s.oid)] AS says
   FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE ${PEOPLES}`,

  `SELECT 'settings of' AS kind, ARRAY[n.nspname, c.relname, coalesce(a.attname, 'the table')] AS at,
     CASE WHEN a.attname IS NULL THEN ARRAY['replica identity ' || c.relreplident::text,
         (SELECT 'clustered on ' || i.indexrelid::regclass FROM pg_index i WHERE i.indrelid = c.oid AND i.indisclustered)]
       ELSE ARRAY['storage ' || a.attstorage::text, 'compression ' || nullif(a.attcompression::text, ''), 'statistics ' || nullif(a.attstattarget, -1),
         array_to_string(a.attoptions, ', ')] END AS says
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_attribute a JOIN pg_type t ON t.oid = a.atttypid ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       AND (a.attstorage <> t.typstorage OR a.attcompression <> '' OR coalesce(a.attstattarget, -1) <> -1 OR a.attoptions IS NOT NULL)
   WHERE c.relkind IN ('r', 'p', 'm') AND ${PEOPLES} AND ${notOfExtension('pg_class', 'c.oid')}
     AND (a.attname IS NOT NULL OR c.relreplident <> 'd' OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisclustered))`,

  // Comments that the catalogue of tables, columns, constraints, types and routines has already are not asked for again.
  `SELECT 'comment on ' || o.type AS kind, ARRAY[o.identity] AS at, ARRAY[d.description] AS says
   FROM pg_description d CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o
   WHERE d.objoid >= ${FIRST_OF_PEOPLE} AND (d.classoid NOT IN ('pg_class'::regclass, 'pg_constraint'::regclass, 'pg_type'::regclass,
       'pg_proc'::regclass, 'pg_namespace'::regclass, 'pg_extension'::regclass)
     OR d.objsubid > 0 AND EXISTS (SELECT FROM pg_class c WHERE c.oid = d.objoid AND d.classoid = 'pg_class'::regclass AND c.relkind NOT IN ('r', 'p', 'f')))
     AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')`,

  ...Object.entries(named).map(
    ([kind, table]) =>
      `SELECT '${kind}' AS kind, ARRAY[o.identity] AS at, ARRAY[]::text[] AS says
   FROM ${table} x CROSS JOIN LATERAL pg_identify_object('${table}'::regclass, x.oid, 0) o
   WHERE x.oid >= ${FIRST_OF_PEOPLE} AND ${notOfExtension(table, 'x.oid')}`,
  ),

  `SELECT 'publication' AS kind, ARRAY[p.pubname, 'of', t.schemaname, t.tablename] AS at, ARRAY[]::text[] AS says
   FROM pg_publication p JOIN pg_publication_tables t ON t.pubname = p.pubname`,
]
