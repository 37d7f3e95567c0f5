import type { Node } from 'libpg-query'
import type { Relation } from './schema.js'

/**
 * An expression about a table, in the columns that the table has in the database now; `undefined`: it is about what nobody knows
 * before the run.
 *
 * @param alias that its columns are to carry
 */
export function inColumnsOfNow(expression: Node, relation: Relation, alias?: string): Node | undefined {
  let known = true
  const written = replaceColumns(expression, (name) => {
    const column = name === undefined ? undefined : relation.columns.get(name)
    if (column?.now !== undefined) return reference(column.now, alias)
    if (column?.value !== undefined) return replaceColumns(column.value, (of = '') => reference(of, alias))
    known = false
    return expression
  })
  return known ? written : undefined
}

/** `CAST(expression AS type)`. */
export function castTo(typeName: object | undefined, arg: Node): Node {
  return { TypeCast: { arg, ...(typeName === undefined ? {} : { typeName }) } }
}

export const nothing: Node = { A_Const: { isnull: true } }

function reference(name: string, alias: string | undefined): Node {
  const parts = alias === undefined ? [name] : [alias, name]
  return { ColumnRef: { fields: parts.map((sval) => ({ String: { sval } })) } }
}

// A whole row, `users.*`, has no name.
function replaceColumns<T>(node: T, by: (name: string | undefined) => Node): T {
  if (typeof node !== 'object' || node === null) return node
  if (Array.isArray(node)) return node.map((each) => replaceColumns(each, by)) as T
  if ('ColumnRef' in node) {
    const last = (node as Extract<Node, { ColumnRef: unknown }>).ColumnRef.fields?.at(-1)
    return by(last !== undefined && 'String' in last ? last.String.sval : undefined) as T
  }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, replaceColumns(value, by)])) as T
}
