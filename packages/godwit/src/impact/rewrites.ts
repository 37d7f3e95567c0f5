import type { ColumnDef, Node } from 'libpg-query'
import { nameParts } from '../sql/nodes.js'
import { functionsIn } from '../sql/survey.js'
import { readType, type Type } from '../sql/type-facts.js'
import type { Column, Schema } from './schema.js'
import { isSerial, typeText } from './type-text.js'

/** Whether adding a column writes every row anew: its value is not one and the same for all rows. */
export function addingRewrites(column: ColumnDef, schema: Schema): boolean {
  if (isSerial(column.typeName)) return true
  const domain = schema.findType(nameParts(column.typeName?.names))
  if (domain?.kind === 'domain' && domain.constrained) return true
  return (column.constraints ?? []).some((node) => {
    if (!('Constraint' in node)) return false
    const { contype, generated_kind, raw_expr } = node.Constraint
    if (contype === 'CONSTR_IDENTITY') return true
    // A virtual column is not stored.
    if (contype === 'CONSTR_GENERATED') return generated_kind !== 'v'
    return contype === 'CONSTR_DEFAULT' && isVolatile(raw_expr, schema)
  })
}

function isVolatile(expression: Node | undefined, schema: Schema): boolean {
  return functionsIn(expression ?? {}).some((name) => schema.volatile.has(name))
}

/**
 * Whether `ALTER COLUMN … TYPE` writes every row anew, as `ATColumnChangeRequiresRewrite` decides: it does not where the old
 * bytes are right for the new type.
 */
export function retypingRewrites(column: Column, { typeName, raw_default: using }: ColumnDef, schema: Schema): boolean {
  const domain = schema.findType(nameParts(typeName?.names))
  if (domain?.kind === 'domain' && domain.constrained) return true
  if (using !== undefined && !isColumnItself(using, column.name)) return true
  const from = schema.types.find(({ id }) => id === column.typeId)?.base ?? column.type
  return !sameBytes(readType(from), readType(domain?.base ?? typeText(typeName)), schema.utc)
}

function isColumnItself(using: Node, name: string): boolean {
  if ('TypeCast' in using) return using.TypeCast.arg !== undefined && isColumnItself(using.TypeCast.arg, name)
  return 'ColumnRef' in using && nameParts(using.ColumnRef.fields).at(-1) === name
}

function sameBytes(from: Type, to: Type, utc: boolean): boolean {
  if (from.isArray !== to.isArray) return false
  if (from.isArray && (from.args.length > 0 || to.args.length > 0))
    return String(from.args) === String(to.args) && from.name === to.name
  const [a, b] = [from.args[0], to.args[0]]
  const wider = b === undefined || (a !== undefined && a <= b)
  const pair = `${from.name} > ${to.name}`
  if (/^(?:text|character varying) > (?:text|character varying)$/.test(pair)) return wider
  if (pair === 'character varying > bpchar' || pair === 'text > bpchar') return wider && b === undefined
  if (pair === 'numeric > numeric')
    return b === undefined || (a !== undefined && a <= b && (from.args[1] ?? 0) === (to.args[1] ?? 0))
  if (pair === 'cidr > inet' || pair === 'xml > text' || pair === 'xml > character varying') return b === undefined
  if (pair === 'integer > oid' || pair === 'oid > integer') return true
  if (pair === 'bit varying > bit varying') return wider
  if (from.name !== to.name) {
    const zones = /^timestamp with(?:out)? time zone > timestamp with(?:out)? time zone$/.test(pair)
    return zones && utc && (to.args[0] ?? 6) >= (from.args[0] ?? 6)
  }
  if (/^(?:time|interval)/.test(from.name)) return (b ?? 6) >= (a ?? 6)
  return a === b
}
