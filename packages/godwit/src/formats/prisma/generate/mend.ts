import { GodwitError } from '../../../errors.js'
import { relationName } from '../../../sql/nodes.js'
import { as, loadParser, parseStatement, type Tree } from '../../../sql/parser.js'
import { ScriptError, type Statement, splitScript } from '../../../sql/split.js'
import { onFreeNames } from './free-names.js'
import { unnamedSequence } from './sequences.js'

/**
 * A script of the engine's without what it cannot run: where a primary key gets other columns and another name, the engine drops
 * the old one, makes the new one under its name, and then renames the old one all the same. What gets another's name waits for that.
 *
 * @throws GODWIT_PRISMA_UNREADABLE_SQL
 */
export async function mendScript(written: string): Promise<string> {
  await loadParser()
  const script = onFreeNames(written, readable(written))
  const dropped = new Set<string>()
  let mended = ''
  let at = 0
  for (const { offset, text, tree } of readable(script)) {
    for (const constraint of droppedBy(tree)) dropped.add(constraint)
    const renamed = renamedBy(tree)
    if (renamed === undefined || !dropped.has(renamed)) continue
    mended += script.slice(at, offset)
    at = offset + `${text};\n`.length
  }
  return mended + script.slice(at)
}

function readable(script: string): { offset: number; text: string; tree: Tree }[] {
  return statementsOf(script).flatMap(({ offset, text }) => {
    const tree = parseStatement(text)
    if (tree !== undefined) return [{ offset, text, tree }]
    // The name is put in later.
    if (text === unnamedSequence) return []
    throw new GodwitError('GODWIT_PRISMA_UNREADABLE_SQL', { sql: text })
  })
}

function statementsOf(script: string): Statement[] {
  try {
    return splitScript(script).flatMap((item) => (item.kind === 'statement' ? [item.statement] : []))
  } catch (cause) {
    if (!(cause instanceof ScriptError)) throw cause
    const sql = script.split('\n')[cause.line - 1] ?? ''
    throw new GodwitError('GODWIT_PRISMA_UNREADABLE_SQL', { sql }, { cause })
  }
}

function droppedBy(tree: Tree): string[] {
  const alter = as(tree, 'AlterTableStmt')
  return (alter?.cmds ?? []).flatMap((node) =>
    'AlterTableCmd' in node && node.AlterTableCmd.subtype === 'AT_DropConstraint'
      ? [`${relationName(alter?.relation)}.${node.AlterTableCmd.name}`]
      : [],
  )
}

function renamedBy(tree: Tree): string | undefined {
  const rename = as(tree, 'RenameStmt')
  return rename?.renameType === 'OBJECT_TABCONSTRAINT'
    ? `${relationName(rename.relation)}.${rename.subname}`
    : undefined
}
