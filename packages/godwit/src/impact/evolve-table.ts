import type { AlterTableCmd, AlterTableStmt } from 'libpg-query'
import { nameParts } from '../sql/nodes.js'
import { addColumn, addConstraint, becomePartition, setNotNull } from './make-table.js'
import type { Relation, Schema } from './schema.js'
import { typeText } from './type-text.js'

/** Changes a table as an ALTER TABLE does. */
export function evolveTable(schema: Schema, statement: AlterTableStmt): void {
  const table = schema.find(statement.relation)
  if (table === undefined) return
  for (const node of statement.cmds ?? []) if ('AlterTableCmd' in node) command(schema, table, node.AlterTableCmd)
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
    case 'AT_AlterColumnType':
      if (def === undefined || !('ColumnDef' in def)) return
      for (const each of heirs) retype(schema, each, name, def.ColumnDef)
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
      table.parents = table.parents.filter((each) => each !== parent)
      if (parent !== undefined && subtype === 'AT_AddInherit') table.parents.push(parent)
      return
    }
    case 'AT_DetachPartition':
    case 'AT_DetachPartitionFinalize': {
      const child = def !== undefined && 'PartitionCmd' in def ? schema.find(def.PartitionCmd.name) : undefined
      if (child === undefined) return
      child.parents = child.parents.filter((parent) => parent !== table)
      child.partition = false
    }
  }
}

function setColumn(table: Relation, name: string, changes: { notNull?: boolean; hasDefault?: boolean }): void {
  const column = table.columns.get(name)
  if (column !== undefined) Object.assign(column, changes)
}

function retype(
  schema: Schema,
  table: Relation,
  name: string,
  { typeName, raw_default }: { typeName?: Parameters<typeof typeText>[0]; raw_default?: unknown },
): void {
  const column = table.columns.get(name)
  if (column === undefined) return
  column.type = typeText(typeName)
  column.typeId = schema.findType(nameParts(typeName?.names))?.id ?? null
  // Its values are others now.
  if (raw_default !== undefined) column.now = undefined
}

function dropColumn(schema: Schema, table: Relation, name: string, cascades: boolean): void {
  table.columns.delete(name)
  for (const constraint of [...table.constraints.values()])
    if (constraint.columns.includes(name)) dropConstraint(schema, table, constraint.name, cascades)
  for (const index of schema.indexesOf(table)) if (index.index?.columns.includes(name)) schema.relations.delete(index)
  if (!cascades) return
  for (const view of schema.viewsOf(table, name)) schema.relations.delete(view)
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
