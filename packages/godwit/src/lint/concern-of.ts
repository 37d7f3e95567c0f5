import { as } from '../sql/parser.js'
import { writtenTable } from './names.js'
import type { At, Concerns } from './rule.js'
import { tableOf } from './tables.js'

/** Whether a statement is about the schema or the rows of a table that was there before the migration. */
export function concernOf(at: At): Concerns {
  const { tree, statement } = at
  const alter = as(tree, 'AlterTableStmt') ?? as(tree, 'RenameStmt')
  if (alter?.relation !== undefined) {
    const table = tableOf(at, alter.relation)
    return table.isNew ? {} : { schema: { statement, what: table.name } }
  }
  const change = as(tree, 'UpdateStmt') ?? as(tree, 'DeleteStmt') ?? as(tree, 'InsertStmt') ?? as(tree, 'MergeStmt')
  const copy = as(tree, 'CopyStmt')
  const named = change?.relation ?? (copy?.is_from === true ? copy.relation : undefined)
  if (named === undefined || tableOf(at, named).isNew) return {}
  return { data: { statement, what: writtenTable(named) } }
}
