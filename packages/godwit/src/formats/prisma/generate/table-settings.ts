/** The columns of a table that something needs, by the server's own notes. */
export const columnsOf = (oid: string, catalog: string, table: string) =>
  `ARRAY(SELECT DISTINCT a.attname::text FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = '${catalog}'::regclass AND d.objid = ${oid} AND d.refclassid = 'pg_class'::regclass AND d.refobjid = ${table}
      AND d.refobjsubid > 0)`

const ofTable = `JOIN pg_class t ON t.oid = relation JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = ANY ($1) AND t.relkind IN ('r', 'p') AND NOT t.relispartition`

const policies = `SELECT 'policy', n.nspname::text, p.polname::text, t.relname::text, ${columnsOf('p.oid', 'pg_policy', 't.oid')},
  concat_ws(' ', format('CREATE POLICY %I ON %s AS %s FOR %s TO', p.polname, t.oid::regclass,
      CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
      CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END),
    (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ') FROM unnest(p.polroles) AS r),
    'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'), NULL
FROM (SELECT pg_policy.*, polrelid AS relation FROM pg_policy) p ${ofTable}`

const rowSecurity = `SELECT 'row security', n.nspname::text, t.relname::text, t.relname::text, '{}'::text[],
  format('ALTER TABLE %s %s', t.oid::regclass, concat_ws(', ', CASE WHEN t.relrowsecurity THEN 'ENABLE ROW LEVEL SECURITY' END,
    CASE WHEN t.relforcerowsecurity THEN 'FORCE ROW LEVEL SECURITY' END)), NULL
FROM (SELECT oid AS relation FROM pg_class) c ${ofTable} AND (t.relrowsecurity OR t.relforcerowsecurity)`

/** One kind of what stands on a table and can have a comment: its rows `relation`, `about`, `named` (for people) and `columns`. */
interface Commented {
  catalog: string
  from: string
  about: string
  named: string
  columns?: string
}

const commented: readonly Commented[] = [
  {
    catalog: 'pg_class',
    from: '(SELECT oid, oid AS relation FROM pg_class) c',
    about: `'TABLE ' || t.oid::regclass`,
    named: `'table ' || t.relname`,
  },
  {
    catalog: 'pg_constraint',
    from: `(SELECT oid, conrelid AS relation, conname FROM pg_constraint WHERE contype IN ('p', 'u', 'c', 'f', 'x')) c`,
    about: `format('CONSTRAINT %I ON %s', c.conname, t.oid::regclass)`,
    named: `format('constraint %s on %s', c.conname, t.relname)`,
    columns: columnsOf('c.oid', 'pg_constraint', 't.oid'),
  },
  {
    catalog: 'pg_class',
    from: '(SELECT indexrelid AS oid, indrelid AS relation FROM pg_index) c',
    about: `'INDEX ' || c.oid::regclass`,
    named: `format('index %s on %s', c.oid::regclass, t.relname)`,
    columns: columnsOf('c.oid', 'pg_class', 't.oid'),
  },
  {
    catalog: 'pg_trigger',
    from: '(SELECT oid, tgrelid AS relation, tgname FROM pg_trigger) c',
    about: `format('TRIGGER %I ON %s', c.tgname, t.oid::regclass)`,
    named: `format('trigger %s on %s', c.tgname, t.relname)`,
    columns: columnsOf('c.oid', 'pg_trigger', 't.oid'),
  },
  {
    catalog: 'pg_policy',
    from: '(SELECT oid, polrelid AS relation, polname FROM pg_policy) c',
    about: `format('POLICY %I ON %s', c.polname, t.oid::regclass)`,
    named: `format('policy %s on %s', c.polname, t.relname)`,
  },
]

const comments = commented.map(
  ({ catalog, from, about, named, columns = `'{}'::text[]` }) =>
    `SELECT 'comment', n.nspname::text, ${named}, t.relname::text, ${columns}, format('COMMENT ON %s IS %L', ${about}, d.description), NULL
FROM ${from} JOIN pg_description d ON d.classoid = '${catalog}'::regclass AND d.objoid = c.oid AND d.objsubid = 0 ${ofTable}`,
)

const ofColumns = `SELECT 'comment', n.nspname::text, format('column %s.%s', t.relname, a.attname), t.relname::text, ARRAY[a.attname::text],
  format('COMMENT ON COLUMN %s.%I IS %L', t.oid::regclass, a.attname, d.description), NULL
FROM (SELECT attrelid AS relation, attname, attnum FROM pg_attribute WHERE NOT attisdropped) a
  JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = a.relation AND d.objsubid = a.attnum ${ofTable}`

/**
 * What is set on tables and goes with them: policies, row security, comments. Queries with the columns of `Handmade`.
 *
 * @param own the condition that a table `t` is no extension's
 */
export function tableSettings(own: string): string[] {
  return [policies, rowSecurity, ...comments, ofColumns].map((query) => `${query} AND ${own}`)
}
