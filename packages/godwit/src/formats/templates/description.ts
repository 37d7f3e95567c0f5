/** A schema that `create --template` writes, in whatever way the project's format says it. */
export interface SchemaTemplate {
  /** What people type. */
  name: string
  /** What it is, as the beginning of a sentence. */
  title: string
  /** In the order in which they can be made; dropped the other way round. */
  tables: readonly Table[]
  /** Keeps `updated_at` of every table that has one, so that no writer can forget it. */
  touch: { function: string; body: string }
  /** What the tables begin with: an SQL statement each. */
  data: readonly string[]
}

export interface Table {
  name: string
  columns: readonly Column[]
  /** Those that concern several columns; they have names, so that an application can tell them apart. */
  constraints?: readonly Constraint[]
  indexes?: readonly Index[]
}

export interface Column {
  name: string
  type: string
  notNull?: true
  /** Several columns that say so are one key. */
  primaryKey?: true
  unique?: true
  default?: Default
  /** The table whose key it is. */
  references?: { table: string; onDelete: 'CASCADE' | 'RESTRICT' | 'SET NULL' }
  /** An SQL expression. */
  check?: string
  comment?: string
}

/** A value, or an SQL expression. */
export type Default = string | number | boolean | { sql: string }

export type Constraint = { name: string; check: string } | { name: string; unique: readonly string[] }

export interface Index {
  name: string
  /** Columns or SQL expressions. */
  on: readonly string[]
  unique?: true
  /** An SQL expression. */
  where?: string
}

/** The tables that have `updated_at`. */
export function touchedTables({ tables }: SchemaTemplate): string[] {
  return tables.filter(({ columns }) => columns.some(({ name }) => name === 'updated_at')).map(({ name }) => name)
}

/** The trigger that keeps `updated_at` of a table. */
export function touchTrigger(table: string, { touch }: SchemaTemplate): string {
  return `${table}_${touch.function}`
}
