import type pg from 'pg'
import { columnsOf, tableSettings } from './table-settings.js'

/** An object that no model can say. */
export interface Handmade {
  kind:
    | 'index'
    | 'constraint'
    | 'column'
    | 'expression'
    | 'table'
    | 'type'
    | 'view'
    | 'function'
    | 'trigger'
    | 'policy'
    | 'row security'
    | 'comment'
  schema: string
  name: string
  /** The table it stands on. */
  table: string | null
  /** The columns of that table that it needs. */
  columns: string[]
  /** SQL that makes it again, for those that go with their table. */
  definition: string | null
  /** SQL that hides it from Prisma's engine, for those that the engine would see. */
  hide: string | null
}

/**
 * Everything that only SQL can have made: Prisma has no word for it. What belongs to an extension, and Godwit's own schema, are
 * left out. The order is by kind, table and name; comments come last, behind what they are on.
 *
 * @param own the schema of Godwit's records
 * @param partialIndexes the models can say them
 */
export async function readHandmade(client: pg.Client, own: string, partialIndexes: boolean): Promise<Handmade[]> {
  const schemas = `SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', $1)`
  const all = [indexes(partialIndexes), ...queries]
    .join('\nUNION ALL\n')
    .replaceAll('ANY ($1)', `ANY (ARRAY(${schemas}))`)
  const found = await client.query<Handmade>(
    `SELECT * FROM (${all}) AS handmade ORDER BY kind = 'comment', kind, "table", name`,
    [own],
  )
  return found.rows
}

/** Where hidden tables and types are put. */
export const hiddenSchema = 'godwit_hidden'

const notOfExtension = (oid: string, catalog: string) =>
  `NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '${catalog}'::regclass AND x.objid = ${oid} AND x.deptype = 'e')`

const generated = `FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid JOIN pg_namespace n ON n.oid = t.relnamespace
  JOIN pg_attrdef e ON e.adrelid = t.oid AND e.adnum = a.attnum
WHERE n.nspname = ANY ($1) AND t.relkind IN ('r', 'p') AND NOT t.relispartition AND NOT a.attisdropped AND a.attgenerated <> ''
  AND ${notOfExtension('t.oid', 'pg_class')}`

// What Prisma's schema language has for an index: the columns with their order and operator class, uniqueness, the method.
const indexes = (
  partialIndexes: boolean,
) => `SELECT 'index' AS kind, n.nspname::text AS schema, c.relname::text AS name, t.relname::text AS "table",
  ${columnsOf('c.oid', 'pg_class', 't.oid')} || ${columnsOf('coalesce(k.oid, 0)', 'pg_constraint', 't.oid')} AS columns,
  CASE WHEN k.oid IS NULL THEN pg_get_indexdef(c.oid)
    ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', t.oid::regclass, k.conname, pg_get_constraintdef(k.oid)) END AS definition,
  CASE WHEN k.oid IS NULL THEN format('DROP INDEX %s', c.oid::regclass)
    ELSE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', t.oid::regclass, k.conname) END AS hide
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_constraint k ON k.conindid = c.oid AND k.contype IN ('u', 'x')
WHERE n.nspname = ANY ($1) AND NOT i.indisprimary AND t.relkind IN ('r', 'p', 'm') AND NOT t.relispartition
  AND ${notOfExtension('t.oid', 'pg_class')}
  AND (${partialIndexes ? '' : 'i.indpred IS NOT NULL OR '}i.indexprs IS NOT NULL OR i.indisexclusion OR i.indnkeyatts <> i.indnatts
    OR k.condeferrable OR to_jsonb(i) ->> 'indnullsnotdistinct' = 'true' OR c.reloptions IS NOT NULL
    OR EXISTS (SELECT FROM unnest(i.indoption) AS o WHERE o IN (1, 2))
    OR EXISTS (SELECT FROM generate_subscripts(i.indkey, 1) AS s JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[s]
      WHERE s < i.indnkeyatts AND i.indcollation[s] NOT IN (0, a.attcollation)))`

const constraints = `SELECT 'constraint', n.nspname::text, k.conname::text, t.relname::text, ${columnsOf('k.oid', 'pg_constraint', 't.oid')},
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', t.oid::regclass, k.conname, pg_get_constraintdef(k.oid)), NULL
FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = ANY ($1) AND k.contype = 'c' AND k.conislocal AND ${notOfExtension('t.oid', 'pg_class')}`

// A field may stand for a generated column, but never says what it is generated from.
const columns = `SELECT 'column', n.nspname::text, a.attname::text, t.relname::text, ARRAY[a.attname::text],
  format('ALTER TABLE %s ADD COLUMN %I %s GENERATED ALWAYS AS (%s) %s', t.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
    pg_get_expr(e.adbin, e.adrelid), CASE a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END),
  format('ALTER TABLE %s DROP COLUMN %I CASCADE', t.oid::regclass, a.attname)
${generated}`

const expressions = `SELECT 'expression', n.nspname::text, a.attname::text, t.relname::text, ARRAY[a.attname::text], NULL,
  CASE a.attgenerated WHEN 's' THEN format('ALTER TABLE %s ALTER COLUMN %I DROP EXPRESSION', t.oid::regclass, a.attname)
    ELSE format('ALTER TABLE %1$s DROP COLUMN %2$I CASCADE, ADD COLUMN %2$I %3$s', t.oid::regclass, a.attname,
      format_type(a.atttypid, a.atttypmod)) END
${generated}`

const tables = `SELECT 'table', n.nspname::text, t.relname::text, NULL, '{}'::text[], NULL,
  format('ALTER TABLE %s SET SCHEMA ${hiddenSchema}', t.oid::regclass)
FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = ANY ($1) AND t.relkind IN ('r', 'p') AND NOT t.relispartition
  AND (t.relkind = 'p' OR EXISTS (SELECT FROM pg_inherits h WHERE t.oid IN (h.inhrelid, h.inhparent))
    OR NOT ${notOfExtension('t.oid', 'pg_class')})`

// An enum that something else than a plain column needs cannot go as the models think.
const types = `SELECT 'type', n.nspname::text, y.typname::text, NULL, '{}'::text[], NULL,
  CASE y.typtype WHEN 'e' THEN format('ALTER TYPE %s SET SCHEMA ${hiddenSchema}', y.oid::regtype) END
FROM pg_type y JOIN pg_namespace n ON n.oid = y.typnamespace LEFT JOIN pg_class c ON c.oid = y.typrelid
WHERE n.nspname = ANY ($1) AND ${notOfExtension('y.oid', 'pg_type')}
  AND (y.typtype IN ('d', 'r') OR y.typtype = 'c' AND c.relkind = 'c'
    OR y.typtype = 'e' AND EXISTS (SELECT FROM pg_depend d LEFT JOIN pg_class u ON d.classid = 'pg_class'::regclass AND u.oid = d.objid
      WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid IN (y.oid, y.typarray) AND d.deptype IN ('n', 'a')
        AND d.classid NOT IN ('pg_attrdef'::regclass, 'pg_constraint'::regclass) AND coalesce(u.relkind, 'f') NOT IN ('r', 'i')))`

const views = `SELECT 'view', n.nspname::text, c.relname::text, NULL, '{}'::text[], NULL, NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND c.relkind IN ('v', 'm') AND ${notOfExtension('c.oid', 'pg_class')}`

const functions = `SELECT 'function', n.nspname::text, p.proname::text, NULL, '{}'::text[], NULL, NULL
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = ANY ($1) AND ${notOfExtension('p.oid', 'pg_proc')}`

const triggers = `SELECT 'trigger', n.nspname::text, g.tgname::text, t.relname::text, ${columnsOf('g.oid', 'pg_trigger', 't.oid')},
  pg_get_triggerdef(g.oid), NULL
FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = ANY ($1) AND NOT g.tgisinternal AND t.relkind IN ('r', 'p') AND NOT t.relispartition`

const queries = [
  constraints,
  columns,
  expressions,
  tables,
  types,
  views,
  functions,
  triggers,
  ...tableSettings(notOfExtension('t.oid', 'pg_class')),
]
