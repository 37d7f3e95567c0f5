import type { AlterTableCmd, ColumnDef, Constraint as ConstraintNode } from 'libpg-query'
import type { Relation, Schema } from '../impact/schema.js'
import { isSerial } from '../impact/type-text.js'
import { nameParts } from '../sql/nodes.js'
import { as, type Tree } from '../sql/parser.js'
import { castChecks } from './casts.js'
import type { Check } from './check.js'
import { checkChecks, conditionChecks, foreignChecks, referenceChecks } from './conditions.js'
import { anyRow, keyChecks, notCheckable, notNullChecks, uniqueIndexChecks } from './keys.js'
import { nameChecks } from './names.js'
import { serverChecks } from './rights.js'

/**
 * What has to be asked to know whether a statement will work on the data that is there now. Pure.
 *
 * @param schema as the statements before it leave it
 */
export function checksOf(tree: Tree, schema: Schema): Check[] {
  // Behind what is not foreseen, names and roles may be others.
  const certain = schema.certain ? [...nameChecks(tree, schema), ...serverChecks(tree, schema)] : []
  return [...certain, ...rowChecks(tree, schema)]
}

function rowChecks(tree: Tree, schema: Schema): Check[] {
  const index = as(tree, 'IndexStmt')
  const table = schema.find(index?.relation ?? as(tree, 'AlterTableStmt')?.relation)
  if (table === undefined) return []
  const found =
    index === undefined
      ? (as(tree, 'AlterTableStmt')?.cmds ?? []).flatMap((node) =>
          'AlterTableCmd' in node ? ofCommand(node.AlterTableCmd, table, schema) : [],
        )
      : uniqueIndexChecks(table, index)
  const aboutRows = found.some(({ kind }) => kind === 'rows' || kind === 'try')
  return table.touched && aboutRows ? [notCheckable(table)] : found
}

function ofCommand({ subtype, name = '', def }: AlterTableCmd, table: Relation, schema: Schema): Check[] {
  switch (subtype) {
    case 'AT_SetNotNull':
      return notNullChecks(table, name)
    case 'AT_AlterColumnType':
      return def !== undefined && 'ColumnDef' in def ? castChecks(table, name, def.ColumnDef, schema) : []
    case 'AT_ValidateConstraint':
      return validated(table, name)
    case 'AT_AddColumn':
      return def !== undefined && 'ColumnDef' in def ? requiredColumn(def.ColumnDef, table, schema) : []
    case 'AT_AddConstraint':
      return def !== undefined && 'Constraint' in def ? ofConstraint(def.Constraint, table, schema) : []
    default:
      return []
  }
}

function ofConstraint(node: ConstraintNode, table: Relation, schema: Schema): Check[] {
  switch (node.contype) {
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE':
      return keyChecks(table, node)
    case 'CONSTR_NOTNULL':
      return node.skip_validation ? [] : nameParts(node.keys).flatMap((name) => notNullChecks(table, name))
    case 'CONSTR_CHECK':
      return node.skip_validation ? [] : checkChecks(table, node.raw_expr, node.conname)
    case 'CONSTR_FOREIGN':
      return node.skip_validation ? [] : referenceChecks(table, node, schema)
    default:
      return []
  }
}

function validated(table: Relation, name: string): Check[] {
  const constraint = table.constraints.get(name)
  if (constraint === undefined || constraint.validated) return []
  const { references, columns, says, expression } = constraint
  if (references !== undefined) return foreignChecks(table, columns, references.table, references.columns)
  if (expression !== undefined) return checkChecks(table, expression, name)
  const condition = /^CHECK \((.*)\)(?: NOT VALID)?$/s.exec(says)?.[1]
  return constraint.kind === 'check' ? conditionChecks(table, condition, name) : []
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
  if (domain?.kind === 'domain') return []
  if (!required || kinds.some((kind) => filled.includes(kind)) || isSerial(typeName)) return []
  return anyRow(table, 'required-column', `${table.name} has rows, and ${colname} is required and has no default`)
}
