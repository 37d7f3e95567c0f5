import type { RangeVar } from 'libpg-query'
import type { Schema } from '../impact/schema.js'
import { nameParts } from '../sql/nodes.js'
import { as, type Tree } from '../sql/parser.js'
import type { Check } from './check.js'

/** Names that a statement makes and that are there, or needs and that are not. */
export function nameChecks(tree: Tree, schema: Schema): Check[] {
  const create = as(tree, 'CreateStmt')
  if (create !== undefined && !create.if_not_exists) return taken(schema, create.relation)
  const index = as(tree, 'IndexStmt')
  if (index !== undefined) {
    const table = schema.find(index.relation)
    if (table === undefined) return missing(index.relation, 'table')
    if (index.idxname === undefined || index.if_not_exists) return []
    const name = { relname: index.idxname, schemaname: table.schema }
    // What a concurrent build left is built again.
    return schema.find(name)?.index?.valid === false ? [] : taken(schema, name)
  }
  const view = as(tree, 'ViewStmt')
  if (view !== undefined && !view.replace) return taken(schema, view.view)
  const type = as(tree, 'CreateEnumStmt')
  if (type !== undefined) {
    const name = nameParts(type.typeName)
    // Another schema of the search_path may have one of that name.
    const [schemaname] = name.length > 1 ? name : []
    const parts = [schema.schemaFor(schemaname === undefined ? undefined : { schemaname }), name.at(-1) ?? '']
    return schema.findType(parts) === undefined
      ? []
      : [known('exists-already', `the type ${name.join('.')} exists already`)]
  }
  const alter = as(tree, 'AlterTableStmt')
  // Types are altered by the same statement.
  if (alter === undefined || alter.objtype === 'OBJECT_TYPE') return []
  const table = schema.find(alter.relation)
  if (table === undefined) return alter.missing_ok ? [] : missing(alter.relation, 'table')
  if (table.vague) return []
  const columns = new Set(table.columns.keys())
  const found: Check[] = []
  for (const node of alter.cmds ?? []) {
    if (!('AlterTableCmd' in node) || !['table', 'partitioned'].includes(table.kind)) continue
    const { subtype, name = '', def, missing_ok } = node.AlterTableCmd
    const column = def !== undefined && 'ColumnDef' in def ? (def.ColumnDef.colname ?? '') : ''
    if (subtype === 'AT_AddColumn') {
      if (columns.has(column) && !missing_ok)
        found.push(known('exists-already', `${table.name} has a column ${column} already`))
      columns.add(column)
    } else if (subtype === 'AT_AddConstraint' && def !== undefined && 'Constraint' in def) {
      const given = def.Constraint.conname ?? ''
      if (table.constraints.has(given))
        found.push(known('exists-already', `${table.name} has a constraint ${given} already`))
    } else if (subtype === 'AT_DropConstraint') {
      if (!table.constraints.has(name) && !missing_ok)
        found.push(known('does-not-exist', `${table.name} has no constraint ${name}`))
    } else if (subtype !== undefined && ofColumn.has(subtype) && !columns.has(name) && !missing_ok)
      found.push(known('does-not-exist', `${table.name} has no column ${name}`))
    if (subtype === 'AT_DropColumn') columns.delete(name)
  }
  return found
}

const ofColumn = new Set(['AT_DropColumn', 'AT_AlterColumnType', 'AT_SetNotNull', 'AT_DropNotNull', 'AT_ColumnDefault'])

function taken(schema: Schema, name: Pick<RangeVar, 'relname' | 'schemaname' | 'relpersistence'> | undefined): Check[] {
  if (name?.relname === undefined || name.relpersistence === 't') return []
  // It is made in one schema; that another has the name does not matter.
  const found = schema.find({ relname: name.relname, schemaname: schema.schemaFor(name) })
  return found === undefined
    ? []
    : [known('exists-already', `${found.schema}.${found.name} exists already (${found.kind})`)]
}

function missing(name: RangeVar | undefined, what: string): Check[] {
  if (name?.relname === undefined || name.relpersistence === 't' || name.schemaname === 'pg_temp') return []
  return [known('does-not-exist', `there is no ${what} ${name.relname}`)]
}

function known(code: 'exists-already' | 'does-not-exist', says: string): Check {
  return { kind: 'known', code, severity: 'error', says }
}
