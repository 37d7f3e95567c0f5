import type pg from 'pg'
import type { DataSource, Query, QueryRunner, Table, TableColumn } from '../typeorm-shapes.js'
import { pathOf, placeOf } from './changes.js'
import { withoutDefault } from './mended.js'

/** What changing types in place needs. */
export interface TypeChanges {
  client: pg.Client
  /** Columns that are to be made anew all the same: `users.age`. */
  recreate: readonly string[]
}

/**
 * Lets a query runner change the type of a column in place, where TypeORM drops the column and adds an empty one. What
 * no cast leads to, there and back, stays TypeORM's.
 */
export function changingTypes(runner: QueryRunner, dataSource: DataSource, types: TypeChanges): void {
  keepingDefaults(runner)
  retyping(runner, dataSource, types)
}

// Within a change of a column, where values are added to its enum.
function keepingDefaults(runner: QueryRunner): void {
  const { changeColumn, executeQueries } = runner
  let changed: { path: string; column: TableColumn } | undefined
  runner.changeColumn = async (table, before, after) => {
    if (hasDefault(before)) changed = { path: runner.escapePath(table), column: before.clone() }
    try {
      await changeColumn.call(runner, table, before, after)
    } finally {
      changed = undefined
    }
  }
  runner.executeQueries = (up, down) => {
    if (changed === undefined || !Array.isArray(up) || !Array.isArray(down) || !up.some(addsValue))
      return executeQueries.call(runner, up, down)
    const { path, column } = changed
    return executeQueries.call(runner, up, withoutDefault(down.toReversed(), path, column).toReversed())
  }
}

function addsValue({ query }: Query): boolean {
  return /^ALTER TYPE .* ADD VALUE /.test(query)
}

function hasDefault({ default: value }: TableColumn): boolean {
  return value !== undefined && value !== null
}

function retyping(runner: QueryRunner, dataSource: DataSource, { client, recreate }: TypeChanges): void {
  const change = runner.changeColumn
  runner.changeColumn = async (table, before, after) => {
    const path = pathOf(placeOf(table, dataSource), dataSource, after.name)
    const wanted = !recreate.includes(path) && isRetyped(before, after)
    const types = { before: typeOf(runner, dataSource, table, before), after: typeOf(runner, dataSource, table, after) }
    const up = wanted ? await castOf(client, types.before, types.after) : undefined
    const down = up === undefined ? undefined : await castOf(client, types.after, types.before)
    if (up === undefined || down === undefined) return change.call(runner, table, asWritten(before), after)
    const there = retype(runner, table, { from: before, to: after, type: types.after.full, cast: up })
    const back = retype(runner, table, { from: after, to: before, type: types.before.full, cast: down })
    // TypeORM reverses what undoes.
    await runner.executeQueries(there, back.toReversed())
    const retyped = before.clone()
    for (const key of ['type', 'length', 'isArray', 'precision', 'scale', 'default', 'enum', 'enumName'] as const)
      Object.assign(retyped, { [key]: after[key] })
    return change.call(runner, table, retyped, after)
  }
}

// The server says 6 of a precision that was never given.
function asWritten(column: TableColumn): TableColumn {
  if (column.precision !== 6 || !/^(time|timestamp|interval)/.test(column.type)) return column
  return Object.assign(column.clone(), { precision: undefined })
}

function isRetyped(before: TableColumn, after: TableColumn): boolean {
  // A generated column holds nothing that could be lost.
  if (before.generatedType !== undefined || after.generatedType !== undefined) return false
  return before.type !== after.type || before.length !== after.length || before.isArray !== after.isArray
}

interface ColumnType {
  /** As SQL. */
  full: string
  isEnum: boolean
  isArray: boolean
}

function typeOf(runner: QueryRunner, { driver }: DataSource, table: Table, column: TableColumn): ColumnType {
  const isEnum = isEnumColumn(column)
  const full = isEnum
    ? runner.buildEnumName(table, column) + (column.isArray ? '[]' : '')
    : driver.createFullType(column)
  return { full, isEnum, isArray: column.isArray }
}

/** How values get from one type to another: `by itself`, or by a cast that has to be written; `undefined`: not at all. */
type Cast = 'by itself' | 'written' | 'through text'

async function castOf(client: pg.Client, from: ColumnType, to: ColumnType): Promise<Cast | undefined> {
  if (from.isArray !== to.isArray) return undefined
  if (from.isEnum || to.isEnum) {
    const other = from.isEnum ? to : from
    return (from.isEnum && to.isEnum) || (await isText(client, other)) ? 'through text' : undefined
  }
  const { rows } = await client.query<{ cast: Cast | null }>(castQuery, [from.full, to.full])
  return rows[0]?.cast ?? undefined
}

// An array is cast as its elements are. To text everything goes as an assignment, from text everything explicitly.
const castQuery = `
  SELECT CASE
    WHEN f.oid = t.oid OR t.typcategory = 'S' THEN 'by itself'
    WHEN c.castcontext IN ('a', 'i') THEN 'by itself'
    WHEN c.castcontext = 'e' OR f.typcategory = 'S' THEN 'written'
  END AS cast
  FROM pg_type given_f
  JOIN pg_type f ON f.oid = CASE WHEN given_f.typcategory = 'A' THEN given_f.typelem ELSE given_f.oid END
  CROSS JOIN pg_type given_t
  JOIN pg_type t ON t.oid = CASE WHEN given_t.typcategory = 'A' THEN given_t.typelem ELSE given_t.oid END
  LEFT JOIN pg_cast c ON c.castsource = f.oid AND c.casttarget = t.oid
  WHERE given_f.oid = to_regtype($1) AND given_t.oid = to_regtype($2)`

async function isText(client: pg.Client, type: ColumnType): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM pg_type t WHERE t.oid = to_regtype($1)
       AND (t.typcategory = 'S' OR EXISTS (SELECT FROM pg_type e WHERE e.oid = t.typelem AND e.typcategory = 'S'))`,
    [type.full],
  )
  return rows.length > 0
}

interface Retype {
  from: TableColumn
  to: TableColumn
  type: string
  cast: Cast
}

// The default goes before and comes behind: the old one need not be a value of the new type.
function retype(runner: QueryRunner, table: Table, { from, to, type, cast }: Retype): Query[] {
  const path = runner.escapePath(table)
  const alter = (what: string): Query => ({ query: `ALTER TABLE ${path} ALTER COLUMN "${to.name}" ${what}` })
  const text = from.isArray ? 'text[]' : 'text'
  // To a text that is too short the server assigns no value; a cast would cut it.
  const last = isEnumColumn(to) ? `::${type}` : ''
  const using = {
    'by itself': '',
    written: ` USING "${to.name}"::${type}`,
    'through text': ` USING "${to.name}"::${text}${last}`,
  }
  const keepsDefault = from.type === to.type && from.default === to.default
  return [
    ...(isEnumColumn(to) ? [runner.createEnumTypeSql(table, to)] : []),
    ...(hasDefault(from) && !keepsDefault ? [alter('DROP DEFAULT')] : []),
    alter(`TYPE ${type}${using[cast]}`),
    ...(hasDefault(to) && !keepsDefault ? [alter(`SET DEFAULT ${to.default}`)] : []),
    ...(isSerial(from) && isSerial(to) ? [alterSequence(runner, table, to)] : []),
    ...(isEnumColumn(from) ? [runner.dropEnumTypeSql(table, from)] : []),
  ]
}

function isEnumColumn({ type }: TableColumn): boolean {
  return type === 'enum' || type === 'simple-enum'
}

function isSerial({ isGenerated, generationStrategy }: TableColumn): boolean {
  return isGenerated === true && generationStrategy === 'increment'
}

function alterSequence(runner: QueryRunner, table: Table, column: TableColumn): Query {
  const path = runner.escapePath(runner.buildSequencePath(table, column))
  return { query: `ALTER SEQUENCE ${path} AS ${column.type}` }
}
