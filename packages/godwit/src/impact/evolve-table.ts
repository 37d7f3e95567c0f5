import type { AlterTableCmd, AlterTableStmt, ColumnDef, Node } from 'libpg-query'
import { nameParts } from '../sql/nodes.js'
import { addColumn, addConstraint, becomePartition, setNotNull } from './make-table.js'
import { valueAs } from './new-column.js'
import { touchAncestors } from './row-changes.js'
import type { Column, Relation, Schema } from './schema.js'
import { typeText } from './type-text.js'
import { inColumnsOfNow } from './values.js'

/** Changes a table as an ALTER TABLE does. */
export function evolveTable(schema: Schema, statement: AlterTableStmt): void {
  const table = schema.find(statement.relation)
  if (table === undefined) return
  const commands = (statement.cmds ?? []).flatMap((node) => ('AlterTableCmd' in node ? [node.AlterTableCmd] : []))
  // Every USING sees what was there before the statement.
  const types = commands.flatMap((each) => (each.subtype === 'AT_AlterColumnType' ? newTypes(schema, table, each) : []))
  for (const { of, column } of types) of.columns.set(column.name, column)
  for (const each of commands) command(schema, table, each)
}

function newTypes(
  schema: Schema,
  table: Relation,
  { name = '', def }: AlterTableCmd,
): { of: Relation; column: Column }[] {
  if (def === undefined || !('ColumnDef' in def)) return []
  const { typeName, raw_default } = def.ColumnDef
  return schema.withHeirs(table).flatMap((of) => {
    const column = of.columns.get(name)
    return column === undefined ? [] : [{ of, column: retyped(schema, of, column, typeName, raw_default) }]
  })
}

function command(schema: Schema, table: Relation, { subtype, name = '', def, behavior }: AlterTableCmd): void {
  const heirs = schema.withHeirs(table)
  switch (subtype) {
    case 'AT_AddColumn':
      if (def !== undefined && 'ColumnDef' in def) for (const each of heirs) addColumn(schema, each, def.ColumnDef)
      return
    case 'AT_DropColumn':
      for (const each of heirs) dropColumn(schema, each, name, behavior === 'DROP_CASCADE')
      return
    case 'AT_SetNotNull':
      for (const each of heirs) setNotNull(each, name)
      return
    case 'AT_DropNotNull':
      for (const each of heirs) setColumn(each, name, { notNull: false })
      return
    case 'AT_ColumnDefault':
      for (const each of heirs) setColumn(each, name, { hasDefault: def !== undefined })
      return
    case 'AT_SetExpression':
      for (const each of heirs) setColumn(each, name, { now: undefined, value: undefined })
      return
    case 'AT_ChangeOwner':
      schema.rightsChanged = true
      return
    case 'AT_AddIdentity':
      setColumn(table, name, { hasDefault: true })
      return
    case 'AT_AddConstraint':
      if (def !== undefined && 'Constraint' in def) addConstraint(schema, table, def.Constraint)
      // Heirs have the same checks; keys are each table's own.
      for (const each of heirs.slice(1))
        if (
          def !== undefined &&
          'Constraint' in def &&
          def.Constraint.contype === 'CONSTR_CHECK' &&
          !def.Constraint.is_no_inherit
        )
          addConstraint(schema, each, def.Constraint)
      return
    case 'AT_ValidateConstraint': {
      const constraint = table.constraints.get(name)
      if (constraint !== undefined) constraint.validated = true
      return
    }
    case 'AT_DropConstraint':
      dropConstraint(schema, table, name, behavior === 'DROP_CASCADE')
      return
    case 'AT_AttachPartition': {
      const child = def !== undefined && 'PartitionCmd' in def ? schema.find(def.PartitionCmd.name) : undefined
      if (child !== undefined) becomePartition(schema, child, table)
      return
    }
    case 'AT_AddInherit':
    case 'AT_DropInherit': {
      const parent = def !== undefined && 'RangeVar' in def ? schema.find(def.RangeVar) : undefined
      touchAncestors(table)
      table.parents = table.parents.filter((each) => each !== parent)
      if (parent !== undefined && subtype === 'AT_AddInherit') table.parents.push(parent)
      schema.note(table)
      touchAncestors(table)
      return
    }
    case 'AT_DetachPartition':
    case 'AT_DetachPartitionFinalize': {
      const child = def !== undefined && 'PartitionCmd' in def ? schema.find(def.PartitionCmd.name) : undefined
      if (child === undefined) return
      touchAncestors(child)
      child.parents = child.parents.filter((parent) => parent !== table)
      child.partition = false
    }
  }
}

function setColumn(table: Relation, name: string, changes: Partial<Column>): void {
  const column = table.columns.get(name)
  if (column !== undefined) Object.assign(column, changes)
}

/** A column as it is with another type: what rows have in it is what it was, cast. */
export function retyped(
  schema: Schema,
  table: Relation,
  column: Column,
  typeName: ColumnDef['typeName'],
  using: Node | undefined,
): Column {
  const { name } = column
  const from = using ?? { ColumnRef: { fields: [{ String: { sval: name } }] } }
  const value = valueAs(schema, typeName, inColumnsOfNow(from, table))
  const typeId = schema.findType(nameParts(typeName?.names))?.id ?? null
  return { ...column, type: typeText(typeName), typeId, now: undefined, value }
}

function dropColumn(schema: Schema, table: Relation, name: string, cascades: boolean): void {
  table.columns.delete(name)
  for (const constraint of [...table.constraints.values()])
    if (constraint.columns.includes(name)) dropConstraint(schema, table, constraint.name, cascades)
  for (const index of schema.indexesOf(table)) if (uses(index, name)) schema.relations.delete(index)
  for (const sequence of schema.sequencesOf(table, name)) schema.relations.delete(sequence)
  if (!cascades) return
  for (const view of schema.viewsOf(table, name)) schema.relations.delete(view)
}

// Of an expression or a condition only the text tells; what is forgotten too soon is no false alarm.
function uses({ index }: Relation, column: string): boolean {
  if (index === undefined || index.columns.includes(column)) return true
  return (index.partial || index.columns.includes(null)) && (index.says === '' || index.says.includes(column))
}

function dropConstraint(schema: Schema, table: Relation, name: string, cascades: boolean): void {
  const constraint = table.constraints.get(name)
  if (constraint === undefined) return
  table.constraints.delete(name)
  for (const { from, constraint: key } of cascades ? schema.referencesTo(table) : [])
    if (constraint.kind !== 'foreign' && String(key.references?.columns) === String(constraint.columns))
      from.constraints.delete(key.name)
  if (constraint.index === undefined || constraint.kind === 'foreign') return
  const index = schema.find({ schemaname: table.schema, relname: constraint.index })
  if (index !== undefined) schema.relations.delete(index)
}
