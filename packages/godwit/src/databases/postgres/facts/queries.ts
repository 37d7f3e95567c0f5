// Of twenty thousand tables every query is a fraction of a second: each is one pass over a catalogue, and no table is opened but
// those that are asked about.

/** Relations that somebody else has locked: to ask for their size, or for an expression on them, would wait for him. */
export const LOCKED = `SELECT l.relation FROM pg_locks l
  WHERE l.relation IS NOT NULL AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_backend_pid()`

// A trigger that does no more than to set columns of its own row, `NEW.updated_at = now()`, changes nothing elsewhere.
const ACTING = `SELECT t.tgrelid FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
    WHERE NOT t.tgisinternal AND (l.lanname <> 'plpgsql' OR p.prosrc ~* '\\m(insert|update|delete|merge|truncate|select|perform|execute|call)\\M'
      OR regexp_replace(p.prosrc, '\\m(now|clock_timestamp|coalesce|lower|upper|trim)\\s*\\(', '', 'gi') ~ '[(]')
  UNION ALL SELECT r.ev_class FROM pg_rewrite r WHERE r.ev_type <> '1'`

const relation = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace`
const inScope = `/* peoples */ AND n.nspname !~ '^pg_temp|^pg_toast'`

/** `found`: an array of JSON, one of each thing that belongs to the relation `id`. */
const of = (id: string, says: Record<string, string>, order = '1'): string => {
  const pairs = Object.entries(says).map(([name, expression]) => `'${name}', ${expression}`)
  return `SELECT ${id}::int8::float8 AS id, json_agg(json_build_object(${pairs.join(', ')}) ORDER BY ${order}) AS found`
}

// To ask for a size, or for the text of a constraint, the server opens the table: of thousands that takes seconds.
const isNear = (id: string): string => `(${id} IN (/* near */) AND ${id} NOT IN (${LOCKED}))`

/**
 * Relations of these names, with what belongs to them: heirs and parents, tables of indexes, both ends of foreign keys.
 *
 * @param names an SQL array
 */
export const near = (names: string): string => `WITH RECURSIVE named (oid) AS (
    SELECT c.oid FROM pg_class c WHERE c.relname = ANY (${names})
    UNION SELECT e.b FROM named JOIN (SELECT i.inhrelid AS a, i.inhparent AS b FROM pg_inherits i
      UNION ALL SELECT i.inhparent, i.inhrelid FROM pg_inherits i UNION ALL SELECT i.indexrelid, i.indrelid FROM pg_index i) e ON e.a = named.oid)
  SELECT oid FROM named UNION SELECT x.confrelid FROM pg_constraint x WHERE x.contype = 'f' AND x.conrelid IN (SELECT oid FROM named)
  UNION SELECT x.conrelid FROM pg_constraint x WHERE x.contype = 'f' AND x.confrelid IN (SELECT oid FROM named)`

/** The queries of `readFacts`, in the order in which it takes their answers. */
export const factQueries = {
  relations: `SELECT c.oid::int8::float8 AS id, n.nspname AS schema, c.relname AS name,
      CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized'
        WHEN 'f' THEN 'foreign' WHEN 'S' THEN 'sequence' ELSE 'index' END AS kind,
      CASE WHEN c.reltuples >= 0 THEN c.reltuples::float8 END AS rows,
      CASE WHEN c.relkind NOT IN ('r', 'm') THEN 0 WHEN ${isNear('c.oid')} THEN coalesce(pg_table_size(c.oid), 0)::float8
        ELSE c.relpages * 8192::float8 END AS bytes,
      CASE WHEN c.relkind IN ('r', 'm') AND c.relhasindex AND ${isNear('c.oid')}
        THEN coalesce(pg_indexes_size(c.oid), 0)::float8 ELSE 0 END AS "indexBytes",
      c.relispartition AS partition,
      c.oid IN (${ACTING}) AS triggers,
      EXISTS (SELECT FROM pg_partitioned_table p WHERE p.partdefid = c.oid) AS "isDefault"
    FROM ${relation} WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I') AND ${inScope}`,

  columns: `${of(
    'a.attrelid',
    {
      name: 'a.attname',
      number: 'a.attnum',
      type: 'format_type(a.atttypid, a.atttypmod)',
      typeId: `(CASE WHEN t.typelem <> 0 AND t.typcategory = 'A' THEN t.typelem ELSE t.oid END)::int8`,
      notNull: 'a.attnotnull',
      hasDefault: 'a.atthasdef',
      generated: `(a.attgenerated <> '' OR a.attidentity = 'a')`,
    },
    'a.attnum',
  )} FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN ${relation} ON c.oid = a.attrelid
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'm', 'f', 'v') AND ${inScope} GROUP BY a.attrelid`,

  constraints: `${of(
    'x.conrelid',
    {
      name: 'x.conname',
      kind: `CASE x.contype WHEN 'p' THEN 'primary' WHEN 'u' THEN 'unique' WHEN 'x' THEN 'exclusion' WHEN 'c' THEN 'check'
        WHEN 'f' THEN 'foreign' ELSE 'not null' END`,
      columns: `coalesce(x.conkey, '{}')`,
      says: `CASE WHEN ${isNear('x.conrelid')} THEN pg_get_constraintdef(x.oid) ELSE '' END`,
      validated: 'x.convalidated',
      references: `CASE WHEN x.contype = 'f' THEN json_build_object('table', x.confrelid::int8,
        'columns', x.confkey, 'onDelete', x.confdeltype, 'onUpdate', x.confupdtype,
        'full', x.confmatchtype = 'f', 'period', coalesce((to_jsonb(x) ->> 'conperiod')::boolean, false)) END`,
      index: 'nullif(x.conindid, 0)::int8',
    },
    'x.conname',
  )} FROM pg_constraint x JOIN ${relation} ON c.oid = x.conrelid
    WHERE x.contype IN ('p', 'u', 'x', 'c', 'f', 'n') AND ${inScope} GROUP BY x.conrelid`,

  indexes: `${of('i.indexrelid', {
    table: 'i.indrelid::int8',
    unique: 'i.indisunique',
    valid: 'i.indisvalid',
    columns: 'i.indkey::int2[]',
    partial: 'i.indpred IS NOT NULL',
    says: `CASE WHEN ${isNear('i.indrelid')} THEN pg_get_indexdef(i.indexrelid) ELSE '' END`,
  })} FROM pg_index i JOIN ${relation} ON c.oid = i.indexrelid WHERE ${inScope} GROUP BY i.indexrelid`,

  parents: `SELECT i.inhrelid::int8::float8 AS id, json_agg(i.inhparent::int8 ORDER BY i.inhseqno) AS found
    FROM pg_inherits i JOIN ${relation} ON c.oid = i.inhrelid WHERE ${inScope} GROUP BY i.inhrelid`,

  owners: `SELECT d.objid::int8::float8 AS id, json_agg(json_build_object('table', d.refobjid::int8, 'column', a.attname)) AS found
    FROM pg_depend d JOIN ${relation} ON c.oid = d.objid JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND ${inScope}
    GROUP BY d.objid`,

  reads: `SELECT c.oid::int8::float8 AS id, json_agg(json_build_object('from', d.refobjid, 'columns', d.columns)) AS found
    FROM pg_rewrite r JOIN (SELECT e.objid, e.refobjid::int8 AS refobjid, coalesce(json_agg(a.attname) FILTER (WHERE a.attname IS NOT NULL), '[]') AS columns
        FROM pg_depend e LEFT JOIN pg_attribute a ON a.attrelid = e.refobjid AND a.attnum = e.refobjsubid AND a.attnum > 0
        WHERE e.classid = 'pg_rewrite'::regclass AND e.refclassid = 'pg_class'::regclass GROUP BY e.objid, e.refobjid) d
        ON d.objid = r.oid AND d.refobjid <> r.ev_class::int8
      JOIN ${relation} ON c.oid = r.ev_class
    WHERE c.relkind IN ('v', 'm') AND ${inScope} GROUP BY c.oid`,

  types: `SELECT t.oid::int8::float8 AS id, n.nspname AS schema, t.typname AS name,
      CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite' WHEN 'r' THEN 'range' ELSE 'base' END AS kind,
      t.typnotnull OR EXISTS (SELECT FROM pg_constraint x WHERE x.contypid = t.oid) AS constrained,
      CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base,
      coalesce((SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid), '[]') AS labels
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c') AND ${inScope}`,

  statistics: `SELECT n.nspname AS schema, s.stxname AS name, s.stxrelid::int8::float8 AS table
    FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace`,

  volatile: `SELECT DISTINCT p.proname AS name FROM pg_proc p WHERE p.provolatile = 'v'`,

  settings: `SELECT current_setting('server_version_num')::int / 10000 AS major, to_json(current_schemas(false)) AS search_path,
    (SELECT s.setting IN ('UTC', 'Etc/UTC', 'GMT', 'Etc/GMT') FROM pg_settings s WHERE s.name = 'TimeZone') AS utc`,
}
