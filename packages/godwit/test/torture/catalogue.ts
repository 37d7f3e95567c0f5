import type pg from 'pg'

// What is Godwit's own, and the format's history, which holds times.
const OURS = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'godwit') AND n.nspname NOT LIKE 'pg_toast%'
  AND c.relname !~ '^(godwit_migrations|pgmigrations|migrations|_prisma_migrations)'`

const CATALOGUE = `SELECT line FROM (
  SELECT format('relation %s %s', c.oid::regclass, c.relkind) AS line
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS}
  UNION ALL
  SELECT format('column %s.%s %s%s %s', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attnotnull THEN ' not null' ELSE '' END, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND ${OURS}
  UNION ALL
  SELECT format('index %s valid %s ready %s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS}
  UNION ALL
  SELECT format('constraint %s %s %s valid %s', c.oid::regclass, k.conname, pg_get_constraintdef(k.oid), k.convalidated)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS}
  UNION ALL
  SELECT format('enum %s %s', t.oid::regtype, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder))
    FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid GROUP BY t.oid
  UNION ALL
  SELECT format('function %s', p.oid::regprocedure)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'
) AS lines ORDER BY line COLLATE "C"`

const TABLES = `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND ${OURS} ORDER BY 1`

/** Everything that migrations made: objects, validity of indexes, enum labels, and the rows of every table; sorted lines. */
export async function catalogueOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(CATALOGUE)
  const lines = rows.map((row) => row.line)
  for (const { name } of (await client.query<{ name: string }>(TABLES)).rows) {
    const { rows: found } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t ORDER BY 1`)
    lines.push(...found.map(({ row }) => `row ${name} ${row}`))
  }
  return lines
}

/** Lines that only one of the two has, as a diff shows them. */
export function differences(expected: readonly string[], found: readonly string[]): string[] {
  const left = [...found]
  const lost: string[] = []
  for (const line of expected) {
    const at = left.indexOf(line)
    if (at < 0) lost.push(`- ${line}`)
    else left.splice(at, 1)
  }
  return [...lost, ...left.map((line) => `+ ${line}`)]
}
