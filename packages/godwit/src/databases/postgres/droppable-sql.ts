/**
 * Every object of the schema `$1` that DROP knows, extensions' and internal ones left out: its kind, what follows the
 * schema in a DROP statement, its name for people, and whether the current role is its owner or a real member of it
 * (`pg_has_role` alone says yes to a superuser for everybody's).
 */
export const OBJECTS = `
WITH RECURSIVE mine AS (
  SELECT r.oid FROM pg_roles AS r WHERE r.rolname = current_user
  UNION SELECT m.roleid FROM pg_auth_members AS m JOIN mine ON mine.oid = m.member)
SELECT o.kind, o.target, o.shown, o.class::oid::text AS class, o.oid::text AS oid,
  pg_get_userbyid(o.owner) AS owner, o.owner IN (SELECT oid FROM mine) AND pg_has_role(o.owner, 'USAGE') AS owned
FROM (
  SELECT c.oid, 'pg_class'::regclass AS class, c.relowner AS owner, c.relnamespace AS namespace, c.relname::text AS shown, quote_ident(c.relname) AS target,
    CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
    CASE c.relkind WHEN 'v' THEN 1 WHEN 'm' THEN 2 WHEN 'S' THEN 4 ELSE 3 END AS rank
  FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND NOT (c.relispartition AND EXISTS (SELECT FROM pg_inherits i JOIN pg_class parent ON parent.oid = i.inhparent
      WHERE i.inhrelid = c.oid AND parent.relnamespace = c.relnamespace))
  UNION ALL
  SELECT s.oid, 'pg_statistic_ext'::regclass, s.stxowner, s.stxnamespace, s.stxname, quote_ident(s.stxname), 'STATISTICS', 0 FROM pg_statistic_ext s
  UNION ALL
  SELECT f.oid, 'pg_opfamily'::regclass, f.opfowner, f.opfnamespace, f.opfname, quote_ident(f.opfname) || ' USING ' || quote_ident(a.amname), 'OPERATOR FAMILY', 5
  FROM pg_opfamily f JOIN pg_am a ON a.oid = f.opfmethod
  UNION ALL
  SELECT k.oid, 'pg_opclass'::regclass, k.opcowner, k.opcnamespace, k.opcname, quote_ident(k.opcname) || ' USING ' || quote_ident(a.amname), 'OPERATOR CLASS', 6
  FROM pg_opclass k JOIN pg_am a ON a.oid = k.opcmethod
  UNION ALL
  SELECT p.oid, 'pg_operator'::regclass, p.oprowner, p.oprnamespace, args.shown, args.shown, 'OPERATOR', 7
  FROM pg_operator p, LATERAL (SELECT p.oprname || '(' || CASE p.oprleft WHEN 0 THEN 'NONE' ELSE format_type(p.oprleft, NULL) END || ', '
    || CASE p.oprright WHEN 0 THEN 'NONE' ELSE format_type(p.oprright, NULL) END || ')' AS shown) AS args
  UNION ALL
  SELECT p.oid, 'pg_proc'::regclass, p.proowner, p.pronamespace, p.proname || CASE args.list WHEN '' THEN '' ELSE '(' || args.list || ')' END,
    quote_ident(p.proname) || '(' || args.list || ')',
    CASE p.prokind WHEN 'a' THEN 'AGGREGATE' WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, CASE p.prokind WHEN 'a' THEN 8 ELSE 9 END
  FROM pg_proc p, LATERAL (SELECT pg_get_function_identity_arguments(p.oid) AS list) AS args
  UNION ALL
  SELECT t.oid, 'pg_type'::regclass, t.typowner, t.typnamespace, t.typname, quote_ident(t.typname),
    CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, CASE t.typtype WHEN 'd' THEN 10 ELSE 11 END
  FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid WHERE t.typtype <> 'c' OR c.relkind = 'c'
  UNION ALL
  SELECT c.oid, 'pg_ts_config'::regclass, c.cfgowner, c.cfgnamespace, c.cfgname, quote_ident(c.cfgname), 'TEXT SEARCH CONFIGURATION', 12 FROM pg_ts_config c
  UNION ALL
  SELECT d.oid, 'pg_ts_dict'::regclass, d.dictowner, d.dictnamespace, d.dictname, quote_ident(d.dictname), 'TEXT SEARCH DICTIONARY', 13 FROM pg_ts_dict d
  UNION ALL
  SELECT c.oid, 'pg_collation'::regclass, c.collowner, c.collnamespace, c.collname, quote_ident(c.collname), 'COLLATION', 14 FROM pg_collation c
  UNION ALL
  SELECT c.oid, 'pg_conversion'::regclass, c.conowner, c.connamespace, c.conname, quote_ident(c.conname), 'CONVERSION', 15 FROM pg_conversion c
) AS o JOIN pg_namespace n ON n.oid = o.namespace
WHERE n.nspname = $1 AND NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.objid = o.oid AND d.objsubid = 0 AND d.classid = o.class AND d.deptype IN ('e', 'i'))
ORDER BY o.rank, o.shown`

/**
 * What would go with the objects `$1` (catalogues) and `$2` (oids) and is none of them nor a part of one: whatever only
 * CASCADE would take, and tables and sequences that DROP takes along though they stand elsewhere (partitions, owned
 * sequences). `$3`: the schema, `$4`: roles whose own counts as listed. Casts are told by their types.
 */
export const OUTSIDERS = `
WITH RECURSIVE root AS (SELECT unnest($1::oid[]) AS class, unnest($2::oid[]) AS oid),
part AS (
  SELECT class, oid FROM root
  UNION SELECT d.classid, d.objid FROM pg_depend d JOIN part p ON d.refclassid = p.class AND d.refobjid = p.oid
  WHERE d.deptype IN ('a', 'i', 'P', 'S') AND d.objsubid = 0),
outside AS (
  SELECT d.classid AS class, d.objid AS oid, d.objsubid AS sub, p.class AS of_class, p.oid AS of_oid
  FROM part p JOIN pg_depend d ON d.refclassid = p.class AND d.refobjid = p.oid
  WHERE NOT EXISTS (SELECT FROM part other WHERE other.class = d.classid AND other.oid = d.objid)
  UNION ALL
  SELECT p.class, p.oid, 0, d.refclassid, d.refobjid FROM part p JOIN pg_class c ON p.class = 'pg_class'::regclass AND c.oid = p.oid
    JOIN pg_depend d ON d.classid = p.class AND d.objid = p.oid AND d.objsubid = 0 AND d.deptype IN ('a', 'i')
    JOIN part parent ON parent.class = d.refclassid AND parent.oid = d.refobjid
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
    AND (c.relnamespace <> (SELECT n.oid FROM pg_namespace n WHERE n.nspname = $3) OR pg_get_userbyid(c.relowner) <> ALL ($4::name[])))
SELECT DISTINCT ON (dependent) coalesce('view ' || v.ev_class::regclass::text, pg_describe_object(o.class, o.oid, o.sub)) AS dependent,
  pg_describe_object(o.of_class, o.of_oid, 0) AS object,
  '(' || format_type(k.castsource, NULL) || ' AS ' || format_type(k.casttarget, NULL) || ')' AS "cast"
FROM outside o
LEFT JOIN pg_rewrite v ON o.class = 'pg_rewrite'::regclass AND v.oid = o.oid AND v.rulename = '_RETURN'
LEFT JOIN pg_cast k ON o.class = 'pg_cast'::regclass AND k.oid = o.oid
ORDER BY dependent, NOT EXISTS (SELECT FROM root WHERE root.class = o.of_class AND root.oid = o.of_oid), object`
