import { literal } from '../../sql/quote.js'
import {
  type Column,
  type Constraint,
  type Default,
  type Index,
  type SchemaTemplate,
  type Table,
  touchedTables,
  touchTrigger,
} from './description.js'

/** The statements that make a schema, without semicolons. */
export function upStatements(schema: SchemaTemplate): string[] {
  const { touch, tables, data } = schema
  return [
    ...tables.flatMap((table) => [createTable(table), ...comments(table), ...createIndexes(table)]),
    `CREATE FUNCTION ${touch.function}() RETURNS trigger LANGUAGE plpgsql AS $$${touch.body}$$`,
    ...touchedTables(schema).map(
      (table) =>
        `CREATE TRIGGER ${touchTrigger(table, schema)} BEFORE UPDATE ON ${table}\n  FOR EACH ROW EXECUTE FUNCTION ${touch.function}()`,
    ),
    ...data,
  ]
}

/** The statements that take it away again, without semicolons. */
export function downStatements({ tables, touch }: SchemaTemplate): string[] {
  return [...tables.toReversed().map(({ name }) => `DROP TABLE ${name}`), `DROP FUNCTION ${touch.function}()`]
}

function createTable({ name, columns, constraints = [] }: Table): string {
  const key = columns.filter(({ primaryKey }) => primaryKey).map((column) => column.name)
  const lines = columns.map((column) => columnText(column, key.length === 1))
  if (key.length > 1) lines.push(`PRIMARY KEY (${key.join(', ')})`)
  lines.push(...constraints.map(constraintText))
  return `CREATE TABLE ${name} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n)`
}

function columnText(column: Column, keyAlone: boolean): string {
  const { name, type, references, check } = column
  const words = [name, type]
  if (column.primaryKey && keyAlone) words.push('PRIMARY KEY')
  else if (column.notNull) words.push('NOT NULL')
  if (column.unique) words.push('UNIQUE')
  if (column.default !== undefined) words.push(`DEFAULT ${defaultText(column.default)}`)
  if (references !== undefined) words.push(`REFERENCES ${references.table} ON DELETE ${references.onDelete}`)
  if (check !== undefined) words.push(`CHECK (${check})`)
  return words.join(' ')
}

function defaultText(value: Default): string {
  if (typeof value === 'object') return value.sql
  return typeof value === 'string' ? literal(value) : String(value)
}

function constraintText(constraint: Constraint): string {
  const rule = 'check' in constraint ? `CHECK (${constraint.check})` : `UNIQUE (${constraint.unique.join(', ')})`
  return `CONSTRAINT ${constraint.name} ${rule}`
}

function comments({ name, columns }: Table): string[] {
  return columns.flatMap(({ name: column, comment }) =>
    comment === undefined ? [] : [`COMMENT ON COLUMN ${name}.${column} IS ${literal(comment)}`],
  )
}

function createIndexes({ name: table, indexes = [] }: Table): string[] {
  return indexes.map(({ name, on, unique, where }: Index) => {
    const what = `CREATE ${unique ? 'UNIQUE INDEX' : 'INDEX'} ${name} ON ${table} (${on.join(', ')})`
    return where === undefined ? what : `${what} WHERE ${where}`
  })
}
