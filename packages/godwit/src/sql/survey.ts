import type { DeleteStmt, FuncCall, RangeVar } from 'libpg-query'
import { nameParts } from './nodes.js'
import type { Tree } from './parser.js'

/** What stands anywhere in a statement, gathered in one walk. */
export interface Survey {
  /** Names of the functions it calls, without their schema. */
  functions: string[]
  deletes: DeleteStmt[]
  /** Names a temporary table, view or sequence. */
  temporary: boolean
}

/** Walks the whole tree of a statement once. */
export function survey(tree: Tree): Survey {
  const found: Survey = { functions: [], deletes: [], temporary: false }
  visit(tree.kind, tree.fields, found)
  return found
}

function visit(kind: string, fields: object, found: Survey): void {
  if (kind === 'FuncCall') found.functions.push(nameParts((fields as FuncCall).funcname).at(-1) ?? '')
  else if (kind === 'DeleteStmt') found.deletes.push(fields as DeleteStmt)
  else if ('relname' in fields) {
    // a RangeVar goes by its kind or by the name of the field that holds it
    const relation = fields as RangeVar
    if (relation.relpersistence === 't' || relation.schemaname === 'pg_temp') found.temporary = true
  }
  for (const key in fields) {
    const value: unknown = fields[key as keyof typeof fields]
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) for (const each of value as object[]) visit('', each, found)
    else visit(key, value, found)
  }
}

/** Names of the functions that an expression calls, without their schema. */
export function functionsIn(expression: object): string[] {
  const found: Survey = { functions: [], deletes: [], temporary: false }
  visit('', expression, found)
  return found.functions
}
