import type { Node, RangeVar } from 'libpg-query'
import type { NodeOf } from './parser.js'

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
