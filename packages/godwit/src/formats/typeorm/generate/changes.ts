import { keyOf } from '../../../catalog/read.js'
import { pathText } from '../../../sql/path.js'
import type { DataSource, Table, TableColumn } from '../typeorm-shapes.js'

/** What one step of TypeORM's comparison is about. */
export interface Change {
  kind: 'create table' | 'add column' | 'drop column' | 'change column' | 'other'
  /** The object's key in a catalogue; absent: it is about several. */
  key?: string
  /** Its table, as the server has it. */
  table?: { schema: string; name: string }
  /** Columns that are added or dropped; of a changed one what it was, where it held data of its own. */
  columns?: { name: string; type: string }[]
  /** The type that a changed column gets. */
  becomes?: string
  /** Values that the enum of a changed column has no more. */
  loses?: string[]
}

/**
 * Reads from the arguments of a query runner's method what it is about.
 *
 * @param about a table, or a view
 */
export function changeOf(method: string, about: Table, given: readonly unknown[], dataSource: DataSource): Change {
  const table = placeOf(about, dataSource)
  const at = [table.schema, table.name]
  const typed = (columns: readonly TableColumn[]) =>
    columns.map((column) => ({ name: column.name, type: dataSource.driver.createFullType(column) }))
  const name = nameOf(given[0])
  if (method === 'createTable') return { kind: 'create table', table, columns: typed(about.columns) }
  if (method === 'addColumn' || method === 'dropColumn') {
    const column = columnOf(given[0], about)
    if (column === undefined) return { kind: 'other' }
    const kind = method === 'addColumn' ? 'add column' : 'drop column'
    return { kind, table, key: keyOf('column', [...at, column.name]), columns: typed([column]) }
  }
  if (/View$/.test(method)) return { kind: 'other', key: keyOf(viewKind(about), at) }
  if (method === 'changeTableComment') return { kind: 'other', table, key: keyOf('table', at) }
  if (name === undefined) return { kind: 'other', table }
  if (method === 'changeColumn') {
    const before = columnOf(given[0], about)
    const holding = before === undefined || before.generatedType !== undefined ? [] : typed([before])
    const [after] = typed([given[1] as TableColumn])
    const becomes = after?.type ?? ''
    const loses = valuesLost(before, given[1] as TableColumn)
    return { kind: 'change column', table, key: keyOf('column', [...at, name]), columns: holding, becomes, loses }
  }
  if (/Index$/.test(method)) return { kind: 'other', table, key: keyOf('index', [table.schema, name]) }
  return { kind: 'other', table, key: keyOf('constraint', [...at, name]) }
}

/** Schema and name of a table as TypeORM has it, which leaves the usual schema out. */
export function placeOf(table: Pick<Table, 'name'>, dataSource: DataSource): { schema: string; name: string } {
  const { schema, tableName } = dataSource.driver.parseTableName(table.name)
  return { schema: schema ?? usualSchema(dataSource), name: tableName }
}

/** What answers call a table or a column of one: without the usual schema. */
export function pathOf(
  { schema, name }: { schema: string; name: string },
  dataSource: DataSource,
  column?: string,
): string {
  return pathText([schema === usualSchema(dataSource) ? undefined : schema, name, column])
}

/** The schema that names without one stand for. */
export function usualSchema({ driver }: DataSource): string {
  return driver.schema ?? 'public'
}

function columnOf(given: unknown, table: Table): TableColumn | undefined {
  if (typeof given === 'string') return table.columns.find(({ name }) => name === given)
  return given as TableColumn | undefined
}

function valuesLost(before: TableColumn | undefined, after: TableColumn): string[] {
  const left = after.enum
  return left === undefined ? [] : (before?.enum ?? []).filter((value) => !left.includes(value))
}

function nameOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given
  const name = (given as { name?: unknown } | undefined)?.name
  return typeof name === 'string' ? name : undefined
}

function viewKind(view: Table & { materialized?: boolean }): string {
  return view.materialized ? 'materialized view' : 'view'
}
