import type { AlterDomainStmt, AlterTableCmd, ColumnDef, Constraint as ConstraintNode } from 'libpg-query'
import { columnsOf } from '../impact/named.js'
import type { Relation, Schema } from '../impact/schema.js'
import { isSerial } from '../impact/type-text.js'
import { nameParts } from '../sql/nodes.js'
import { as, type Tree } from '../sql/parser.js'
import { functionsIn } from '../sql/survey.js'
import { altered } from './altered.js'
import { castChecks } from './casts.js'
import type { Check } from './check.js'
import { checkChecks, conditionChecks, foreignChecks, referenceChecks } from './conditions.js'
import { exclusionChecks, overlapChecks } from './exclusions.js'
import { anyRow, keyChecks, notCheckable, notNullChecks, nullChecks, uniqueIndexChecks } from './keys.js'
import { nameChecks } from './names.js'
import { serverChecks } from './rights.js'
import { today, written } from './today.js'

/**
 * What has to be asked to know whether a statement will work on the data that is there now. Pure.
 *
 * @param schema as the statements before it leave it
 */
export function checksOf(tree: Tree, schema: Schema): Check[] {
  // Behind what is not foreseen, names and roles may be others.
  const certain = schema.certain ? [...nameChecks(tree, schema), ...serverChecks(tree, schema)] : []
  const path = [...schema.searchPath]
  const rows = rowChecks(tree, schema).map((check) =>
    check.kind === 'rows' || check.kind === 'try' ? { ...check, path } : check,
  )
  return [...certain, ...rows]
}

function rowChecks(tree: Tree, schema: Schema): Check[] {
  const domain = as(tree, 'AlterDomainStmt')
  if (domain !== undefined) return domainChecks(domain, schema)
  const index = as(tree, 'IndexStmt')
  const alter = as(tree, 'AlterTableStmt')
  const named = schema.find(index?.relation ?? alter?.relation)
  if (named === undefined) return []
  // What the run writes into a table of its own can break a constraint, too.
  const table = named.touched && named.now === undefined ? altered({ ...named, now: named }, [], schema) : named
  const commands = (alter?.cmds ?? []).flatMap((node) => ('AlterTableCmd' in node ? [node.AlterTableCmd] : []))
  const context: AlterContext = { table, after: altered(table, commands, schema), schema, alone: !alter?.relation?.inh }
  const found =
    index === undefined
      ? commands.flatMap((command) => ofCommand(command, context))
      : uniqueIndexChecks(table, index, !index.relation?.inh)
  const aboutRows = found.some(({ kind }) => kind === 'rows' || kind === 'try')
  const unknown = table.touched || functionsIn(tree.fields).some((name) => schema.functionsMade.has(name))
  return unknown && aboutRows ? [notCheckable(table)] : found
}

interface AlterContext {
  table: Relation
  /** With its columns as the statement leaves them. */
  after: Relation
  schema: Schema
  /** The statement is about the table without its heirs. */
  alone: boolean
}

function ofCommand({ subtype, name = '', def, missing_ok }: AlterTableCmd, context: AlterContext): Check[] {
  const { table, after, schema, alone } = context
  switch (subtype) {
    case 'AT_SetNotNull':
      return notNullChecks(after, name, alone)
    case 'AT_AlterColumnType':
      return def !== undefined && 'ColumnDef' in def ? castChecks(table, name, def.ColumnDef, schema) : []
    case 'AT_ValidateConstraint':
      return validated(table, name)
    case 'AT_AddColumn':
      if (def === undefined || !('ColumnDef' in def)) return []
      return missing_ok && table.columns.has(def.ColumnDef.colname ?? '') ? [] : ofNewColumn(def.ColumnDef, context)
    case 'AT_AttachPartition': {
      const partition = def !== undefined && 'PartitionCmd' in def ? schema.find(def.PartitionCmd.name) : undefined
      // Its bounds are not compared with its rows.
      return partition === undefined || today(partition) === undefined ? [] : [notCheckable(partition)]
    }
    case 'AT_AddConstraint':
      return def !== undefined && 'Constraint' in def ? ofConstraint(def.Constraint, context) : []
    default:
      return []
  }
}

function ofConstraint(node: ConstraintNode, { after, schema, alone }: AlterContext): Check[] {
  if (node.skip_validation) return []
  switch (node.contype) {
    case 'CONSTR_EXCLUSION':
      return exclusionChecks(after, node)
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE':
      return node.without_overlaps ? overlapChecks(after, node) : keyChecks(after, node)
    case 'CONSTR_NOTNULL':
      return nameParts(node.keys).flatMap((name) => notNullChecks(after, name, alone))
    case 'CONSTR_CHECK':
      return checkChecks(after, node.raw_expr, node.conname, alone || node.is_no_inherit === true)
    case 'CONSTR_FOREIGN':
      return referenceChecks(after, node, schema)
    default:
      return []
  }
}

// What stands at a new column is about it as well.
function ofNewColumn(column: ColumnDef, context: AlterContext): Check[] {
  const name = [{ String: { sval: column.colname ?? '' } }]
  const own = (column.constraints ?? []).flatMap((node) => {
    if (!('Constraint' in node) || node.Constraint.contype === 'CONSTR_NOTNULL') return []
    return ofConstraint({ ...node.Constraint, keys: name, fk_attrs: name }, context)
  })
  const required = requiredColumn(column, context.table, context.schema)
  return required.length > 0 ? required : own
}

function validated(table: Relation, name: string): Check[] {
  const constraint = table.constraints.get(name)
  if (constraint === undefined || constraint.validated) return []
  const { references, columns, says, expression, kind } = constraint
  if (references !== undefined)
    return references.period
      ? [notCheckable(table)]
      : foreignChecks(table, columns, references, references.full === true)
  // It is one until now.
  if (kind === 'not null') return columns.flatMap((column) => nullChecks(table, column))
  if (kind !== 'check') return []
  const condition = /^CHECK (\(.*\))(?: NO INHERIT)?(?: NOT VALID)?$/s.exec(says)?.[1]
  return conditionChecks(table, expression === undefined ? condition : written(expression), name)
}

// What a domain takes from now on is asked of every column of it: that is not tried beforehand.
function domainChecks({ subtype = '', typeName }: AlterDomainStmt, schema: Schema): Check[] {
  const type = ['C', 'O', 'V'].includes(subtype) ? schema.findType(nameParts(typeName)) : undefined
  const tables = type === undefined ? [] : columnsOf(schema, type).map(({ table }) => table)
  return [...new Set(tables)].filter((table) => today(table) !== undefined).map(notCheckable)
}

// A required column without a value for the rows that are there.
function requiredColumn(
  { colname = '', typeName, constraints = [] }: ColumnDef,
  table: Relation,
  schema: Schema,
): Check[] {
  const kinds = constraints.map((node) => ('Constraint' in node ? node.Constraint.contype : undefined))
  const required = kinds.includes('CONSTR_NOTNULL') || kinds.includes('CONSTR_PRIMARY')
  const filled: (typeof kinds)[number][] = ['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED']
  const domain = schema.findType(nameParts(typeName?.names))
  if (domain?.kind === 'domain') return domain.constrained && today(table) !== undefined ? [notCheckable(table)] : []
  if (!required || kinds.some((kind) => filled.includes(kind)) || isSerial(typeName)) return []
  return anyRow(table, 'required-column', `${table.name} has rows, and ${colname} is required and has no default`)
}
