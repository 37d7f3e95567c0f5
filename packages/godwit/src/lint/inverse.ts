import { nameParts } from '../sql/nodes.js'
import { as, type Tree } from '../sql/parser.js'
import type { LintedStatement } from './migration.js'
import { defaultName, written, writtenTable } from './names.js'

/** What undoes statements, the last one first, as far as their text tells; the rest is left to people, in a comment. */
export function inverse(statements: readonly LintedStatement[]): string[] {
  const passing = passingIn(statements.flatMap(({ tree }) => tree ?? []))
  return statements
    .toReversed()
    .flatMap(({ tree, class: { tag } }) => (tree && undone(tree, passing)) ?? [`-- what undoes ${tag}`])
}

/** Names of what the statements make and what is not there by itself behind them. */
interface Passing {
  /** Indexes that became those of a constraint. */
  indexes: ReadonlySet<string>
  /** Constraints that are dropped again. */
  constraints: ReadonlySet<string>
}

function passingIn(trees: readonly Tree[]): Passing {
  const commands = trees.flatMap((tree) => as(tree, 'AlterTableStmt')?.cmds ?? [])
  const indexes = new Set<string>()
  const made = new Set<string>()
  const dropped = new Set<string>()
  for (const node of commands) {
    if (!('AlterTableCmd' in node)) continue
    const { subtype, def, name = '' } = node.AlterTableCmd
    if (subtype === 'AT_DropConstraint') dropped.add(name)
    if (subtype !== 'AT_AddConstraint' || def === undefined || !('Constraint' in def)) continue
    if (def.Constraint.indexname) indexes.add(def.Constraint.indexname)
    if (def.Constraint.conname) made.add(def.Constraint.conname)
  }
  return { indexes, constraints: new Set([...made].filter((name) => dropped.has(name))) }
}

function undone(tree: Tree, passing: Passing): string[] | undefined {
  const table = as(tree, 'CreateStmt')
  if (table !== undefined) return [`DROP TABLE ${writtenTable(table.relation)};`]
  const index = as(tree, 'IndexStmt')
  if (index !== undefined) {
    const columns = (index.indexParams ?? []).flatMap((node) =>
      'IndexElem' in node ? (node.IndexElem.name ?? 'expr') : [],
    )
    const name = index.idxname ?? defaultName(index.relation?.relname ?? '', columns, 'idx')
    if (passing.indexes.has(name)) return []
    return [`DROP INDEX ${index.concurrent === true ? 'CONCURRENTLY ' : ''}${written(name)};`]
  }
  const view = as(tree, 'ViewStmt')
  if (view !== undefined && view.replace !== true) return [`DROP VIEW ${writtenTable(view.view)};`]
  const type = as(tree, 'CreateEnumStmt')
  if (type !== undefined) return [`DROP TYPE ${nameParts(type.typeName).map(written).join('.')};`]
  const rename = as(tree, 'RenameStmt')
  if (rename?.renameType === 'OBJECT_TABLE')
    return [`ALTER TABLE ${written(rename.newname ?? '')} RENAME TO ${written(rename.relation?.relname ?? '')};`]
  if (rename?.renameType === 'OBJECT_COLUMN')
    return [
      `ALTER TABLE ${writtenTable(rename.relation)} RENAME COLUMN ${written(rename.newname ?? '')} TO ${written(rename.subname ?? '')};`,
    ]
  const alter = as(tree, 'AlterTableStmt')
  if (alter === undefined) return undefined
  const head = `ALTER TABLE ${writtenTable(alter.relation)}`
  const parts = (alter.cmds ?? []).map((node) => {
    if (!('AlterTableCmd' in node)) return undefined
    const { subtype, def, name = '' } = node.AlterTableCmd
    if (subtype === 'AT_AddColumn' && def !== undefined && 'ColumnDef' in def)
      return `${head} DROP COLUMN ${written(def.ColumnDef.colname ?? '')};`
    const constraint = def !== undefined && 'Constraint' in def ? def.Constraint.conname : name
    if (/^AT_(?:Add|Drop)Constraint$/.test(subtype ?? '') && passing.constraints.has(constraint ?? '')) return ''
    if (subtype === 'AT_AddConstraint' && def !== undefined && 'Constraint' in def && def.Constraint.conname)
      return `${head} DROP CONSTRAINT ${written(def.Constraint.conname)};`
    if (subtype === 'AT_SetNotNull') return `${head} ALTER COLUMN ${written(name)} DROP NOT NULL;`
    if (subtype === 'AT_ValidateConstraint') return ''
    return undefined
  })
  if (parts.includes(undefined)) return undefined
  return parts.flatMap((part) => part || []).toReversed()
}
