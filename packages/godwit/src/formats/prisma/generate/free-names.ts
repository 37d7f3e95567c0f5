import { as, type Tree } from '../../../sql/parser.js'

/** A statement of a script, and where it begins. */
interface Placed {
  offset: number
  text: string
  tree: Tree
}

interface RenamedObject {
  from: string
  to: string
  start: number
  end: number
}

/**
 * A script of the engine's in which every constraint and index gets a name that is free by then. The engine goes by tables: where `A` became
 * `B` and `B` became `C`, it renames `A_pkey` while there is still a `B_pkey`. Nothing else changes places.
 */
export function onFreeNames(script: string, statements: readonly Placed[]): string {
  const renamed = statements.flatMap((statement) => renamedObject(script, statement) ?? [])
  const ordered = inOrder(renamed)
  let moved = ''
  let at = 0
  for (const [index, { start, end }] of renamed.entries()) {
    const instead = ordered[index] as RenamedObject
    moved += script.slice(at, start) + script.slice(instead.start, instead.end)
    at = end
  }
  return moved + script.slice(at)
}

function renamedObject(script: string, { offset, text, tree }: Placed): RenamedObject | undefined {
  const { renameType, relation, subname, newname: to } = as(tree, 'RenameStmt') ?? {}
  const from = renameType === 'OBJECT_TABCONSTRAINT' ? subname : relation?.relname
  if (from === undefined || to === undefined) return undefined
  if (renameType !== 'OBJECT_TABCONSTRAINT' && renameType !== 'OBJECT_INDEX') return undefined
  const heading = /-- \w+\n$/.exec(script.slice(0, offset))?.[0] ?? ''
  return { from, to, start: offset - heading.length, end: offset + text.length }
}

function inOrder(renamed: readonly RenamedObject[]): RenamedObject[] {
  const left = [...renamed]
  const ordered: RenamedObject[] = []
  while (left.length > 0) {
    const free = left.findIndex(({ to }) => !left.some(({ from }) => from === to))
    // Round in a circle there is no order; the trial tells it.
    ordered.push(...left.splice(Math.max(0, free), 1))
  }
  return ordered
}
