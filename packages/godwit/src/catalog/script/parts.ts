import { notOfExtension, PEOPLES } from '../queries.js'

/** Options of a sequence, of its row `s` in `pg_sequence`. */
const sequenceOptions = `format('INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s', s.seqincrement, s.seqmin, s.seqmax,
  s.seqstart, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END)`

const collation = (alias: string, type: string) =>
  `CASE WHEN ${alias}.attcollation <> 0 AND ${alias}.attcollation <> ${type}.typcollation
    THEN ' COLLATE ' || ${alias}.attcollation::regcollation END`

const options = `CASE WHEN c.reloptions IS NOT NULL THEN ' WITH (' || array_to_string(c.reloptions, ', ') || ')' END`

/** The sequence behind an identity column `a` of a table `c`. */
const identity = `(SELECT format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %s %s)', CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END,
    s.seqrelid::regclass, ${sequenceOptions})
  FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i' AND d.refobjid = c.oid
    AND d.refobjsubid = a.attnum)`

// Who named a NOT NULL (from PostgreSQL 18 on a constraint) did not mean the name the server makes.
const notNull = `CASE WHEN a.attnotnull THEN coalesce((SELECT ' CONSTRAINT ' || quote_ident(x.conname) FROM pg_constraint x
    WHERE x.conrelid = c.oid AND x.contype::text = 'n' AND x.conkey = ARRAY[a.attnum] AND x.conname <> c.relname || '_' || a.attname || '_not_null'),
    '') || ' NOT NULL' END`

const columns = `(SELECT string_agg(E'\\n  ' || concat(quote_ident(a.attname), ' ', format_type(a.atttypid, a.atttypmod), ${collation('a', 't')},
    CASE a.attgenerated WHEN 's' THEN format(' GENERATED ALWAYS AS (%s) STORED', pg_get_expr(d.adbin, d.adrelid))
      WHEN 'v' THEN format(' GENERATED ALWAYS AS (%s) VIRTUAL', pg_get_expr(d.adbin, d.adrelid))
      ELSE ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END,
    CASE WHEN a.attidentity <> '' THEN ${identity} END, ${notNull}), ',' ORDER BY a.attnum)
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)`

const relations = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE ${PEOPLES} AND ${notOfExtension('pg_class', 'c.oid')}`

/**
 * Queries of what a database is made of: `id`, `place` (where it stands where nothing demands another), `schema`, `about` (the
 * relation or the type that it belongs to) and `sql`, one statement. With an empty search_path every name comes with its schema.
 */
export const partQueries: readonly string[] = [
  `SELECT 'schema ' || n.oid AS id, 0 AS place, n.nspname AS schema, NULL::oid AS about, format('CREATE SCHEMA IF NOT EXISTS %I', n.nspname) AS sql
   FROM pg_namespace n WHERE ${PEOPLES} AND n.nspname <> 'public' AND ${notOfExtension('pg_namespace', 'n.oid')}`,

  `SELECT 'extension ' || x.oid, 1, NULL, NULL, format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I', x.extname, n.nspname)
   FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE x.extname <> 'plpgsql'`,

  `SELECT 'type ' || t.oid, 2, n.nspname, t.oid, CASE t.typtype
     WHEN 'e' THEN format('CREATE TYPE %s AS ENUM (%s)', format_type(t.oid, NULL),
       (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
     WHEN 'd' THEN concat(format('CREATE DOMAIN %s AS %s', format_type(t.oid, NULL), format_type(t.typbasetype, t.typtypmod)),
       CASE WHEN t.typcollation <> b.typcollation THEN ' COLLATE ' || t.typcollation::regcollation END, ' DEFAULT ' || t.typdefault,
       CASE WHEN t.typnotnull THEN ' NOT NULL' END,
       (SELECT string_agg(format(' CONSTRAINT %I %s', x.conname, pg_get_constraintdef(x.oid)), '' ORDER BY x.conname)
         FROM pg_constraint x WHERE x.contypid = t.oid AND x.contype = 'c'))
     ELSE format('CREATE TYPE %s AS (%s)', format_type(t.oid, NULL),
       (SELECT string_agg(concat(quote_ident(a.attname), ' ', format_type(a.atttypid, a.atttypmod), ${collation('a', 'y')}), ', '
         ORDER BY a.attnum) FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
         WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)) END
   FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_type b ON b.oid = t.typbasetype
     LEFT JOIN pg_class c ON c.oid = t.typrelid
   WHERE (t.typtype IN ('e', 'd') OR c.relkind = 'c') AND ${PEOPLES} AND ${notOfExtension('pg_type', 't.oid')}`,

  `SELECT 'relation ' || c.oid, 3, n.nspname, c.oid, format('CREATE SEQUENCE %s AS %s %s', c.oid::regclass, format_type(s.seqtypid, NULL),
     ${sequenceOptions})
   FROM pg_sequence s, ${relations} AND c.oid = s.seqrelid AND NOT EXISTS (SELECT FROM pg_depend d
     WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')`,

  `SELECT 'relation ' || c.oid, 4, n.nspname, c.oid, concat('CREATE ', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' END, 'TABLE ',
     c.oid::regclass, ' (', ${columns}, E'\\n)', ${options})
   FROM ${relations} AND c.relkind = 'r'`,

  `SELECT 'constraint ' || x.oid, CASE x.contype WHEN 'f' THEN 9 WHEN 'c' THEN 6 ELSE 5 END, n.nspname, c.oid,
     format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.oid::regclass, x.conname, pg_get_constraintdef(x.oid))
   FROM pg_constraint x, ${relations} AND c.oid = x.conrelid AND x.contype IN ('p', 'u', 'c', 'f', 'x')`,

  `SELECT 'routine ' || p.oid, 7, n.nspname, NULL, rtrim(pg_get_functiondef(p.oid), E' \\n')
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE p.prokind IN ('f', 'p', 'w') AND ${PEOPLES} AND ${notOfExtension('pg_proc', 'p.oid')}`,

  `SELECT 'relation ' || c.oid, 8, n.nspname, c.oid, concat('CREATE ', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED ' END, 'VIEW ', c.oid::regclass,
     ${options}, E' AS\\n', rtrim(pg_get_viewdef(c.oid), E'; \\n'), CASE WHEN NOT c.relispopulated THEN E'\\nWITH NO DATA' END)
   FROM ${relations} AND c.relkind IN ('v', 'm')`,

  `SELECT 'index ' || i.indexrelid, 10, n.nspname, c.oid, pg_get_indexdef(i.indexrelid)
   FROM pg_index i, ${relations} AND c.oid = i.indrelid
     AND NOT EXISTS (SELECT FROM pg_constraint x WHERE x.conindid = i.indexrelid AND x.contype IN ('p', 'u', 'x'))`,

  `SELECT 'trigger ' || t.oid, 11, n.nspname, c.oid, pg_get_triggerdef(t.oid)
   FROM pg_trigger t, ${relations} AND c.oid = t.tgrelid AND NOT t.tgisinternal`,
]

/** What is said of parts that are there: the same columns, in any order behind all parts. */
export const afterQueries: readonly string[] = [
  `SELECT '' AS id, 0 AS place, n.nspname AS schema, c.oid AS about,
     format('ALTER SEQUENCE %s OWNED BY %s.%I', c.oid::regclass, d.refobjid::regclass, a.attname) AS sql
   FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid, ${relations}
     AND c.oid = d.objid AND c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'`,

  `SELECT '', 1, n.nspname, c.oid, format('ALTER TABLE %s ALTER COLUMN %I %s', c.oid::regclass, a.attname, said.what)
   FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid CROSS JOIN LATERAL (VALUES
     (CASE WHEN a.attstorage <> t.typstorage THEN 'SET STORAGE ' || CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
       WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END),
     (CASE a.attcompression WHEN 'p' THEN 'SET COMPRESSION pglz' WHEN 'l' THEN 'SET COMPRESSION lz4' END),
     (CASE WHEN a.attstattarget >= 0 THEN 'SET STATISTICS ' || a.attstattarget END),
     ('SET (' || array_to_string(a.attoptions, ', ') || ')')) said (what), ${relations}
     AND c.oid = a.attrelid AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND said.what IS NOT NULL`,

  `SELECT '', 2, n.nspname, c.oid, format('ALTER TABLE %s CLUSTER ON %I', c.oid::regclass, k.relname)
   FROM pg_index i JOIN pg_class k ON k.oid = i.indexrelid, ${relations} AND c.oid = i.indrelid AND i.indisclustered`,

  `SELECT '', 3, n.nspname, c.oid, format('ALTER TABLE %s REPLICA IDENTITY %s', c.oid::regclass, CASE c.relreplident WHEN 'f' THEN 'FULL'
     WHEN 'n' THEN 'NOTHING' ELSE (SELECT 'USING INDEX ' || quote_ident(k.relname) FROM pg_index i JOIN pg_class k ON k.oid = i.indexrelid
       WHERE i.indrelid = c.oid AND i.indisreplident) END)
   FROM ${relations} AND c.relkind = 'r' AND c.relreplident <> 'd'`,

  `SELECT '', 4, n.nspname, c.oid, format('ALTER TABLE %s %s TRIGGER %I', c.oid::regclass, CASE t.tgenabled WHEN 'D' THEN 'DISABLE'
     WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, t.tgname)
   FROM pg_trigger t, ${relations} AND c.oid = t.tgrelid AND NOT t.tgisinternal AND t.tgenabled <> 'O'`,

  `SELECT '', 5, o.schema, CASE WHEN o.type ~ '^(table|view|materialized view|index|sequence|foreign table)' AND d.classoid = 'pg_class'::regclass
       THEN d.objoid WHEN d.classoid = 'pg_constraint'::regclass THEN (SELECT x.conrelid FROM pg_constraint x WHERE x.oid = d.objoid)
       WHEN d.classoid = 'pg_trigger'::regclass THEN (SELECT t.tgrelid FROM pg_trigger t WHERE t.oid = d.objoid)
       WHEN d.classoid = 'pg_type'::regclass THEN d.objoid END,
     format('COMMENT ON %s %s IS %L', CASE WHEN o.type LIKE '% column' THEN 'COLUMN' WHEN o.type LIKE '% constraint' THEN 'CONSTRAINT'
       ELSE upper(o.type) END, CASE o.type WHEN 'domain constraint' THEN replace(o.identity, ' on ', ' ON DOMAIN ')
       ELSE o.identity END, d.description)
   FROM pg_description d CROSS JOIN LATERAL (SELECT i.type, i.identity, coalesce(i.schema, split_part(i.identity, '.', 1)) AS schema
     FROM pg_identify_object(d.classoid, d.objoid, d.objsubid) i) o
   WHERE d.objoid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')
     AND d.classoid NOT IN ('pg_extension'::regclass)`,

  `SELECT '', 6, n.nspname, NULL, format('COMMENT ON SCHEMA %I IS %L', n.nspname, obj_description(n.oid, 'pg_namespace'))
   FROM pg_namespace n WHERE n.nspname = 'public' AND n.oid < 16384
     AND obj_description(n.oid, 'pg_namespace') IS DISTINCT FROM 'standard public schema'`,
]
