import type { ColumnDef, Constraint as ConstraintNode, CreateStmt, Node } from 'libpg-query'
import { nameParts } from '../sql/nodes.js'
import type { ForeignAction } from './facts.js'
import { newColumn } from './new-column.js'
import { touchAncestors } from './row-changes.js'
import { type Constraint, newRelation, type Relation, type Schema } from './schema.js'
import { isSerial } from './type-text.js'
import { inColumnsOfNow } from './values.js'

/** Makes the table that a CREATE TABLE makes, as far as later statements may ask about it. */
export function makeTable(schema: Schema, statement: CreateStmt, kind?: 'foreign'): void {
  const { relation: name, tableElts = [], inhRelations = [], partspec, partbound } = statement
  if (name?.relname === undefined || (statement.if_not_exists && schema.find(name) !== undefined)) return
  if (name.relpersistence === 't' || name.schemaname === 'pg_temp') {
    shadowed(schema, name.relname)
    return
  }
  const table = newRelation(
    kind ?? (partspec === undefined ? 'table' : 'partitioned'),
    schema.schemaFor(name),
    name.relname,
  )
  table.isDefault = partbound?.is_default === true
  for (const node of inhRelations) {
    const parent = 'RangeVar' in node ? schema.find(node.RangeVar) : undefined
    if (parent === undefined) continue
    for (const [of, column] of parent.columns) table.columns.set(of, { ...column, now: undefined })
    if (partbound !== undefined) becomePartition(schema, table, parent)
    else table.parents.push(parent)
  }
  schema.add(table)
  for (const element of [...tableElts, ...(statement.constraints ?? [])]) {
    if ('ColumnDef' in element) addColumn(schema, table, element.ColumnDef)
    else if ('Constraint' in element) addConstraint(schema, table, element.Constraint)
    else if ('TableLikeClause' in element) {
      table.vague = true
      for (const [of, column] of schema.find(element.TableLikeClause.relation)?.columns ?? [])
        table.columns.set(of, { ...column, now: undefined })
    }
  }
  if (statement.ofTypename !== undefined) table.vague = true
}

/** From here on the name means a temporary table. */
export function shadowed(schema: Schema, name: string): void {
  schema.certain = false
  for (const relation of schema.relations) if (relation.name === name) relation.touched = true
}

/** Makes a table a partition of another: with keys and foreign keys like those of its parent. */
export function becomePartition(schema: Schema, child: Relation, parent: Relation): void {
  child.parents.push(parent)
  schema.note(child)
  child.partition = true
  if (child.now !== undefined || child.touched) touchAncestors(child)
  for (const constraint of parent.constraints.values()) {
    const { kind, columns } = constraint
    const [said, suffix] = [`${kind} ${columns}`, suffixes[kind]]
    if (suffix === undefined || [...child.constraints.values()].some((own) => `${own.kind} ${own.columns}` === said))
      continue
    const name = kind === 'check' ? constraint.name : nameFor(child, kind, columns)
    child.constraints.set(name, { ...constraint, name, columns: [...columns] })
    if (kind === 'foreign' || kind === 'check') continue
    const index = newRelation('index', child.schema, name)
    index.index = { table: child, unique: kind !== 'exclusion', valid: true, columns, partial: false, says: '' }
    schema.add(index)
  }
}

function nameFor(table: Relation, kind: Constraint['kind'], columns: readonly string[]): string {
  return [table.name, ...(kind === 'primary' ? [] : columns), suffixes[kind]].join('_')
}

/** Adds a column with the constraints that stand at it. */
export function addColumn(schema: Schema, table: Relation, column: ColumnDef): void {
  const { colname: name = '', typeName, constraints = [] } = column
  if (table.columns.has(name)) return
  const { empty, value, ...rest } = newColumn(schema, table, column)
  // What is in a new table only the run knows.
  table.columns.set(name, table.now === undefined ? rest : { ...rest, value, ...(empty ? { empty } : {}) })
  for (const node of constraints) if ('Constraint' in node) addConstraint(schema, table, node.Constraint, name)
  if (isSerial(typeName)) {
    const sequence = newRelation('sequence', table.schema, [table.name, name, 'seq'].join('_'))
    sequence.owner = { table, column: name }
    schema.add(sequence)
  }
}

const kinds: Partial<Record<NonNullable<ConstraintNode['contype']>, Constraint['kind']>> = {
  CONSTR_PRIMARY: 'primary',
  CONSTR_UNIQUE: 'unique',
  CONSTR_EXCLUSION: 'exclusion',
  CONSTR_CHECK: 'check',
  CONSTR_FOREIGN: 'foreign',
}

const suffixes: Partial<Record<Constraint['kind'], string>> = {
  primary: 'pkey',
  unique: 'key',
  check: 'check',
  foreign: 'fkey',
  exclusion: 'excl',
}

/** Adds a constraint, by the name that the server would give it where it has none. */
export function addConstraint(schema: Schema, table: Relation, node: ConstraintNode, column?: string): void {
  const kind = kinds[node.contype ?? 'CONSTR_NULL']
  if (node.contype === 'CONSTR_NOTNULL') for (const key of nameParts(node.keys)) setNotNull(table, key)
  if (kind === undefined) return
  const own = column === undefined ? undefined : [column]
  const index =
    node.indexname === undefined ? undefined : schema.find({ schemaname: table.schema, relname: node.indexname })
  const ofIndex = index?.index?.columns.flatMap((each) => each ?? [])
  const columns = own ?? ofIndex ?? keysOf(node)
  const name = node.conname ?? node.indexname ?? nameFor(table, kind, columns)
  const target = kind === 'foreign' ? schema.find(node.pktable) : undefined
  const keys = nameParts(node.pk_attrs)
  const expression = node.raw_expr === undefined ? undefined : inColumnsOfNow(node.raw_expr, table)
  schema.note(table)
  table.constraints.set(name, {
    name,
    kind,
    columns,
    says: saysNotNull(node.raw_expr),
    validated: !node.skip_validation,
    ...(kind === 'check' && expression !== undefined ? { expression } : {}),
    ...(target === undefined
      ? {}
      : {
          references: {
            table: target,
            columns: keys.length > 0 ? keys : primaryKeyOf(target),
            onDelete: (node.fk_del_action ?? 'a') as ForeignAction,
            onUpdate: (node.fk_upd_action ?? 'a') as ForeignAction,
            full: node.fk_matchtype === 'f',
            period: node.fk_with_period === true,
          },
        }),
  })
  if (kind === 'primary') for (const each of schema.withHeirs(table)) for (const key of columns) setNotNull(each, key)
  if (kind === 'foreign' || kind === 'check') return
  const keeper = index ?? newRelation('index', table.schema, name)
  if (index === undefined)
    keeper.index = { table, unique: kind !== 'exclusion', valid: true, columns, partial: false, says: '' }
  keeper.name = name
  schema.add(keeper)
  const constraint = table.constraints.get(name)
  if (constraint !== undefined) constraint.index = name
}

export function setNotNull(table: Relation, column: string): void {
  const found = table.columns.get(column)
  if (found !== undefined) found.notNull = true
}

function keysOf(node: ConstraintNode): string[] {
  const excluded = (node.exclusions ?? []).flatMap((pair) => ('List' in pair ? (pair.List.items?.[0] ?? []) : []))
  if (excluded.length > 0) return excluded.flatMap((each) => ('IndexElem' in each ? (each.IndexElem.name ?? []) : []))
  return nameParts(node.fk_attrs ?? node.keys)
}

function primaryKeyOf(table: Relation): string[] {
  return [...table.constraints.values()].find(({ kind }) => kind === 'primary')?.columns ?? []
}

// `CHECK (x IS NOT NULL)` is the one check whose meaning later statements depend on.
function saysNotNull(expression: Node | undefined): string {
  if (expression === undefined || !('NullTest' in expression)) return ''
  const { nulltesttype, arg } = expression.NullTest
  const column = arg !== undefined && 'ColumnRef' in arg ? nameParts(arg.ColumnRef.fields).at(-1) : undefined
  return nulltesttype === 'IS_NOT_NULL' && column !== undefined ? `CHECK ((${column} IS NOT NULL))` : ''
}
