import type { ColumnDef, Constraint, Node } from 'libpg-query'
import { nameParts } from '../sql/nodes.js'
import { functionsIn } from '../sql/survey.js'
import type { Column, Relation, Schema } from './schema.js'
import { isSerial, typeText } from './type-text.js'
import { castTo, inColumnsOfNow, nothing } from './values.js'

/** A column that a statement adds, with what the rows that are there will have in it. */
export function newColumn(schema: Schema, table: Relation, column: ColumnDef): Column {
  const { colname: name = '', typeName, constraints = [] } = column
  const nodes = constraints.flatMap((node) => ('Constraint' in node ? [node.Constraint] : []))
  const has = (...kinds: Constraint['contype'][]) => nodes.some(({ contype }) => kinds.includes(contype))
  const type = schema.findType(nameParts(typeName?.names))
  const filled = has('CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED') || isSerial(typeName)
  const given = filled ? givenBy(nodes, table) : nothing
  return {
    name,
    type: typeText(typeName),
    typeId: type?.id ?? null,
    notNull: has('CONSTR_NOTNULL', 'CONSTR_PRIMARY', 'CONSTR_IDENTITY') || isSerial(typeName),
    hasDefault: filled,
    generated: has('CONSTR_GENERATED'),
    now: undefined,
    // A domain may have a default of its own.
    ...(filled || type?.kind === 'domain' ? {} : { empty: true }),
    value: type?.kind === 'domain' ? undefined : valueAs(schema, typeName, given),
  }
}

/** A value as a type takes it; `undefined` where nobody knows beforehand what that will be. */
export function valueAs(schema: Schema, typeName: ColumnDef['typeName'], given: Node | undefined): Node | undefined {
  const type = schema.findType(nameParts(typeName?.names))
  if (given === undefined || (type !== undefined && (type.id < 0 || type.changed))) return undefined
  const unsteady = (name: string) => schema.volatile.has(name) || schema.functionsMade.has(name)
  return functionsIn(given).some(unsteady) ? undefined : castTo(typeName, given)
}

function givenBy(constraints: readonly Constraint[], table: Relation): Node | undefined {
  const from = constraints.find(({ contype }) => contype === 'CONSTR_DEFAULT' || contype === 'CONSTR_GENERATED')
  return from?.raw_expr === undefined ? undefined : inColumnsOfNow(from.raw_expr, table)
}
