import type { Node, RangeVar } from 'libpg-query'
import type { NodeKind, NodeOf, Tree } from './parser.js'

type Visit = (kind: string, fields: object) => void

/** Calls `visit` for every node under `tree`, itself included; fields that hold a node without its kind go by their field name. */
export function walk(tree: Tree, visit: Visit): void {
  visit(tree.kind, tree.fields)
  descend(tree.fields, visit)
}

function descend(fields: object, visit: Visit): void {
  for (const [key, value] of Object.entries(fields) as [string, unknown][]) {
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) for (const each of value as object[]) descend(each, visit)
    else {
      visit(key, value)
      descend(value, visit)
    }
  }
}

/** All nodes of one kind under `tree`, itself included. */
export function nodesOf<Kind extends NodeKind>(tree: Tree, kind: Kind): NodeOf<Kind>[] {
  const found: NodeOf<Kind>[] = []
  walk(tree, (each, fields) => {
    if (each === kind) found.push(fields as NodeOf<Kind>)
  })
  return found
}

/** The parts of a dotted name. */
export function nameParts(nodes: Node[] | undefined): string[] {
  const parts: string[] = []
  for (const node of nodes ?? []) if ('String' in node) parts.push(node.String.sval ?? '')
  return parts
}

/** `schema.table`, as written. */
export function relationName(relation: RangeVar | undefined): string {
  const name = relation?.relname ?? ''
  return relation?.schemaname === undefined ? name : `${relation.schemaname}.${name}`
}

/** Names of the functions a statement calls, without their schema. */
export function calledFunctions(tree: Tree): string[] {
  return nodesOf(tree, 'FuncCall').map((call) => nameParts(call.funcname).at(-1) ?? '')
}

/** The value of an option such as `concurrently`, as PostgreSQL reads a boolean; `absent` when it is not given. */
export function optionIsOn(options: Node[] | undefined, name: string, absent: boolean): boolean {
  const option = findOption(options, name)
  if (option === undefined) return absent
  const arg = option.arg
  if (arg === undefined) return true
  if ('Boolean' in arg) return arg.Boolean.boolval === true
  if ('Integer' in arg) return (arg.Integer.ival ?? 0) !== 0
  // the grammar reads reserved words as strings, others as the name of a type
  const word = 'TypeName' in arg ? nameParts(arg.TypeName.names).at(-1) : nameParts([arg]).at(-1)?.toLowerCase()
  return word !== 'false' && word !== 'off'
}

/** The option of that name in a list of options. */
export function findOption(options: Node[] | undefined, name: string): NodeOf<'DefElem'> | undefined {
  for (const node of options ?? []) if ('DefElem' in node && node.DefElem.defname === name) return node.DefElem
  return undefined
}
