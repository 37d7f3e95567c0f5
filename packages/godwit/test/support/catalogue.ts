import type pg from 'pg'

// What migrations made: nothing of the system's, of an extension's, of Godwit's, and no history.
const ours = (schema: string, name: string) => `${schema} !~ '^(pg_|information_schema$|godwit$)'
  AND ${name} !~ '^(godwit_migrations|pgmigrations|migrations|_prisma_migrations)(_|$)'`

const notOfExtension = (catalog: string, oid: string) => `NOT EXISTS (SELECT FROM pg_depend e
  WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`

const relations = `SELECT c.*, n.nspname, n.nspname || '.' || c.relname AS full_name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE ${ours('n.nspname', 'c.relname')} AND ${notOfExtension('pg_class', 'c.oid')}`

const parts = [
  `SELECT format('schema %s', nspname) FROM pg_namespace WHERE ${ours('nspname', "''")}`,
  `SELECT format('relation %s %s %s %s row security %s/%s', full_name, relkind, relpersistence, (SELECT array_agg(o ORDER BY o) FROM unnest(reloptions) AS o), relrowsecurity, relforcerowsecurity)
   FROM (${relations}) r WHERE relkind NOT IN ('i', 'I', 't')`,
  `SELECT format('column %s.%s at %s, %s%s %s identity %s generated %s collation %s: %s', r.full_name, a.attname,
     row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod),
     CASE WHEN a.attnotnull THEN ' not null' END, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
     a.attcollation::regcollation, col_description(r.oid, a.attnum))
   FROM (${relations}) r JOIN pg_attribute a ON a.attrelid = r.oid
   LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
   WHERE a.attnum > 0 AND NOT a.attisdropped AND r.relkind IN ('r', 'p', 'v', 'm', 'c', 'f')`,
  `SELECT format('view %s: %s', full_name, pg_get_viewdef(oid)) FROM (${relations}) r WHERE relkind IN ('v', 'm')`,
  `SELECT format('partition %s of %s %s by %s', r.full_name, i.inhparent::regclass, pg_get_expr(r.relpartbound, r.oid), pg_get_partkeydef(r.oid))
   FROM (${relations}) r LEFT JOIN pg_inherits i ON i.inhrelid = r.oid WHERE i.inhrelid IS NOT NULL OR r.relkind = 'p'`,
  `SELECT format('constraint %s %s: %s valid %s, %s', r.full_name, k.conname, pg_get_constraintdef(k.oid), k.convalidated, obj_description(k.oid, 'pg_constraint'))
   FROM pg_constraint k JOIN (${relations}) r ON r.oid = k.conrelid`,
  `SELECT format('index %s valid %s cluster %s, %s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisclustered, obj_description(i.indexrelid))
   FROM pg_index i JOIN (${relations}) r ON r.oid = i.indrelid`,
  `SELECT format('sequence %s.%s %s from %s by %s %s..%s cache %s cycle %s', schemaname, sequencename, data_type, start_value, increment_by,
     min_value, max_value, cache_size, cycle) FROM pg_sequences WHERE ${ours('schemaname', 'sequencename')}`,
  `SELECT format('trigger %s enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
   FROM pg_trigger t JOIN (${relations}) r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal`,
  `SELECT format('rule %s', pg_get_ruledef(w.oid)) FROM pg_rewrite w JOIN (${relations}) r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'`,
  `SELECT format('policy %s on %s.%s %s %s to %s using %s check %s', policyname, schemaname, tablename, permissive, cmd, roles, qual, with_check)
   FROM pg_policies WHERE ${ours('schemaname', 'tablename')}`,
  `SELECT format('function %s: %s, %s', p.oid::regprocedure, CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, obj_description(p.oid, 'pg_proc'))
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${ours('n.nspname', "''")} AND ${notOfExtension('pg_proc', 'p.oid')}`,
  `SELECT format('type %s %s %s not null %s default %s: %s; %s', t.oid::regtype, t.typtype, CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
     t.typnotnull, t.typdefault, (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
     (SELECT string_agg(conname || ' ' || pg_get_constraintdef(oid), ', ' ORDER BY conname) FROM pg_constraint WHERE contypid = t.oid))
   FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
   WHERE t.typtype IN ('e', 'd', 'r', 'm') AND ${ours('n.nspname', 't.typname')} AND ${notOfExtension('pg_type', 't.oid')}`,
  `SELECT format('comment on %s: %s', r.full_name, obj_description(r.oid)) FROM (${relations}) r WHERE obj_description(r.oid) IS NOT NULL`,
  `SELECT format('extension %s', extname) FROM pg_extension WHERE extname <> 'plpgsql'`,
  `SELECT format('grants on %s: %s', full_name, relacl) FROM (${relations}) r WHERE relacl IS NOT NULL`,
]

const catalogueQuery = `SELECT line FROM (${parts.map((part) => `SELECT x.* FROM (${part}) AS x(line)`).join('\nUNION ALL\n')}) AS lines ORDER BY line COLLATE "C"`

/** Everything that migrations made, as the server itself prints it: sorted lines, without rows. */
export async function readWholeCatalogue(query: (text: string) => Promise<pg.QueryResultRow[]>): Promise<string[]> {
  return (await query(catalogueQuery)).map((row) => String(row.line))
}
