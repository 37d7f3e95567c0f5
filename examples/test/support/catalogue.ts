import type { TestDatabase } from '../../../packages/godwit/test/support/database.js'

/** What a database holds outside the system schemas, one line an object, sorted; extensions' own objects left out. */
export interface Catalogue {
  tables: string[]
  /** `table.column type [not null] [default …]` */
  columns: string[]
  /** `type: label, label` in their own order */
  enums: string[]
  /** `table name: definition` */
  primaryKeys: string[]
  uniques: string[]
  foreignKeys: string[]
  checks: string[]
  /** Definitions of the indexes that no constraint made. */
  indexes: string[]
  sequences: string[]
  functions: string[]
  triggers: string[]
  extensions: string[]
}

/** Reads the catalogue of a database, without the history table `history`, what belongs to it, and Godwit's own records. */
export async function readCatalogue(database: TestDatabase, history: string): Promise<Catalogue> {
  const lines = async (sql: string) => {
    const rows = await database.query<{ line: string }>(
      `select line from (${sql}) as found order by line collate "C"`,
      [history],
    )
    return rows.map((row) => row.line)
  }
  const relations = (kinds: string) => `
    select c.oid, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'godwit') and c.relkind in (${kinds}) and c.relname <> $1`
  const own = (catalog: string, oid: string) => `
    not exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`
  const constraints = (kind: string) =>
    lines(`select r.relname || ' ' || k.conname || ': ' || pg_get_constraintdef(k.oid) as line
      from pg_constraint k join (${relations(`'r', 'p'`)}) r on r.oid = k.conrelid where k.contype = '${kind}'`)

  return {
    tables: await lines(`select relname as line from (${relations(`'r', 'p', 'v', 'm'`)}) r`),
    columns: await lines(`
      select r.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || case when a.attnotnull then ' not null' else '' end
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
      from pg_attribute a join (${relations(`'r', 'p'`)}) r on r.oid = a.attrelid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attnum > 0 and not a.attisdropped`),
    enums: await lines(`
      select t.typname || ': ' || string_agg(e.enumlabel, ', ' order by e.enumsortorder) as line
      from pg_type t join pg_enum e on e.enumtypid = t.oid where $1::text is not null group by t.oid, t.typname`),
    primaryKeys: await constraints('p'),
    uniques: await constraints('u'),
    foreignKeys: await constraints('f'),
    checks: await constraints('c'),
    indexes: await lines(`
      select pg_get_indexdef(i.indexrelid) as line from pg_index i join (${relations(`'r', 'p'`)}) r on r.oid = i.indrelid
      where not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))`),
    sequences: await lines(`select relname as line from (${relations(`'S'`)}) r where relname <> $1 || '_id_seq'`),
    functions: await lines(`
      select p.proname as line from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'godwit') and $1::text is not null and ${own('pg_proc', 'p.oid')}`),
    triggers: await lines(`
      select r.relname || ' ' || t.tgname as line from pg_trigger t join (${relations(`'r', 'p'`)}) r on r.oid = t.tgrelid
      where not t.tgisinternal`),
    extensions: await lines(
      `select extname as line from pg_extension where extname <> 'plpgsql' and $1::text is not null`,
    ),
  }
}

/** Names of the kinds of object of which there is at least one. */
export function presentKinds(catalogue: Catalogue): string[] {
  return Object.entries(catalogue)
    .filter(([, found]) => found.length > 0)
    .map(([kind]) => kind)
}
