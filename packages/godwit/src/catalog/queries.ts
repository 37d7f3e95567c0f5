/** What is not a system's own: schemas of people. `n` is `pg_namespace`. */
export const PEOPLES = `n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`

/** What belongs to an extension comes and goes with it. */
export const notOfExtension = (catalog: string, oid: string) =>
  `${oid} NOT IN (SELECT e.objid FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.deptype = 'e')`

const comment = (oid: string, catalog: string) => `obj_description(${oid}, '${catalog}')`

/** Stands where a query can be held to some tables; behind it: the columns of the table's schema and name. */
const tables = (schema = 'n.nspname', name = 'c.relname') => `/* tables ${schema}, ${name} */`

/** Stands where a query about sequences, which are `c`, can leave out those that belong to other tables. */
const ownedByTables = '/* owned by tables */'

const ownedByOthers = (
  some: string,
) => `EXISTS (SELECT FROM pg_depend d JOIN pg_class o ON o.oid = d.refobjid JOIN pg_namespace m ON m.oid = o.relnamespace
  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    AND (m.nspname, o.relname) NOT IN (${some}))`

/** Holds a query to some tables, where it is about tables. */
export function heldTo(query: string, some: string): string {
  return query
    .replaceAll(/\/\* tables (.*?) \*\//g, (_, columns: string) => `AND (${columns}) IN (${some})`)
    .replace(ownedByTables, () => `AND NOT ${ownedByOthers(some)}`)
}

/**
 * Set-wide queries, each of rows `kind`, `at` (the names on the way to it) and `says` (what it is, as the server itself prints it; the parts
 * that are null are not said). Sources: the server's own functions `pg_get_…def`, `format_type`.
 */
export const catalogQueries: readonly string[] = [
  `SELECT 'schema' AS kind, ARRAY[n.nspname] AS at, ARRAY[${comment('n.oid', 'pg_namespace')}] AS says
   FROM pg_namespace n WHERE ${PEOPLES}`,

  `SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind,
     ARRAY[n.nspname, c.relname] AS at,
     ARRAY[CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
       CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, pg_get_expr(c.relpartbound, c.oid),
       CASE WHEN c.relispartition OR c.relhassubclass THEN (SELECT 'of ' || string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
         FROM pg_inherits i WHERE i.inhrelid = c.oid) END,
       CASE WHEN c.relrowsecurity THEN 'row security' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END,
       (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(c.reloptions) AS o), ${comment('c.oid', 'pg_class')}] AS says
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE (c.relkind IN ('v', 'm') OR c.relkind IN ('r', 'p', 'f') ${tables()}) AND ${PEOPLES} AND ${notOfExtension('pg_class', 'c.oid')}`,

  `SELECT 'column' AS kind, ARRAY[n.nspname, c.relname, a.attname] AS at,
     ARRAY[format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
       CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' ELSE 'default' END || ' ' || pg_get_expr(d.adbin, d.adrelid),
       CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity by default' END,
       CASE WHEN a.attcollation <> t.typcollation THEN 'collate ' || l.collname END,
       x.description] AS says
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     LEFT JOIN pg_collation l ON l.oid = a.attcollation
     LEFT JOIN pg_description x ON x.classoid = 'pg_class'::regclass AND x.objoid = c.oid AND x.objsubid = a.attnum
   WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f') AND ${PEOPLES} ${tables()}
     AND ${notOfExtension('pg_class', 'c.oid')}`,

  `SELECT 'constraint' AS kind, ARRAY[n.nspname, c.relname, x.conname] AS at,
     ARRAY[pg_get_constraintdef(x.oid), ${comment('x.oid', 'pg_constraint')}] AS says
   FROM pg_constraint x JOIN pg_class c ON c.oid = x.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE x.contype IN ('p', 'u', 'c', 'f', 'x') AND ${PEOPLES} ${tables()} AND ${notOfExtension('pg_class', 'c.oid')}`,

  `SELECT 'index' AS kind, ARRAY[n.nspname, c.relname] AS at,
     ARRAY[pg_get_indexdef(c.oid), CASE WHEN NOT i.indisvalid THEN 'invalid' END, ${comment('c.oid', 'pg_class')}] AS says
   FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_class o ON o.oid = i.indrelid
   WHERE NOT EXISTS (SELECT FROM pg_constraint x WHERE x.conindid = c.oid AND x.contype IN ('p', 'u', 'x'))
     AND ${PEOPLES} ${tables('n.nspname', 'o.relname')} AND ${notOfExtension('pg_class', 'i.indrelid')}`,

  `SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'type' END AS kind,
     ARRAY[n.nspname, t.typname] AS at,
     ARRAY[(SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
       CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
       CASE WHEN t.typnotnull THEN 'not null' END, 'default ' || t.typdefault,
       (SELECT string_agg(x.conname || ' ' || pg_get_constraintdef(x.oid), ', ' ORDER BY x.conname) FROM pg_constraint x
         WHERE x.contypid = t.oid AND x.contype = 'c'),
       (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) FROM pg_attribute a
         WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
       (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid),
       ${comment('t.oid', 'pg_type')}] AS says
   FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
   WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c') AND ${PEOPLES}
     AND ${notOfExtension('pg_type', 't.oid')}`,

  `SELECT 'sequence' AS kind, ARRAY[n.nspname, c.relname] AS at,
     ARRAY[format_type(s.seqtypid, NULL), 'start ' || s.seqstart, 'increment ' || s.seqincrement, 'minimum ' || s.seqmin,
       'maximum ' || s.seqmax, CASE WHEN s.seqcycle THEN 'cycle' END,
       (SELECT 'owned by ' || d.refobjid::regclass || '.' || a.attname FROM pg_depend d
         JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') LIMIT 1),
       ${comment('c.oid', 'pg_class')}] AS says
   FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${PEOPLES} AND ${notOfExtension('pg_class', 'c.oid')} ${ownedByTables}`,

  `SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
     ARRAY[n.nspname, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'] AS at,
     ARRAY[CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, ${comment('p.oid', 'pg_proc')}] AS says
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE ${PEOPLES} AND ${notOfExtension('pg_proc', 'p.oid')}`,

  `SELECT 'trigger' AS kind, ARRAY[n.nspname, c.relname, t.tgname] AS at,
     ARRAY[pg_get_triggerdef(t.oid), CASE t.tgenabled WHEN 'O' THEN NULL ELSE 'enabled ' || t.tgenabled::text END] AS says
   FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE NOT t.tgisinternal AND ${PEOPLES} ${tables()}`,

  `SELECT 'policy' AS kind, ARRAY[n.nspname, c.relname, p.polname] AS at,
     ARRAY[p.polcmd::text, CASE WHEN NOT p.polpermissive THEN 'restrictive' END,
       (SELECT 'to ' || string_agg(CASE WHEN r = 0 THEN 'public' ELSE pg_get_userbyid(r) END, ', ') FROM unnest(p.polroles) r),
       'using ' || pg_get_expr(p.polqual, p.polrelid), 'check ' || pg_get_expr(p.polwithcheck, p.polrelid)] AS says
   FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${PEOPLES} ${tables()}`,

  `SELECT 'extension' AS kind, ARRAY[x.extname] AS at, ARRAY[n.nspname] AS says
   FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE x.extname <> 'plpgsql'`,
]
