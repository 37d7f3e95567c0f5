import type { Tree } from '../sql/parser.js'
import { type Estimate, estimate } from './estimate.js'
import { evolve } from './evolve.js'
import { blocksReads, blocksWrites, type LockMode, lockModes } from './lock-modes.js'
import { locksOf } from './locks.js'
import { touchAll } from './row-changes.js'
import type { Relation, Schema } from './schema.js'
import { type WorkKind, workOf } from './work.js'

/** A table as it is when a statement comes to it. */
export interface AffectedTable {
  /** With its schema, unless that is the first of the search_path. */
  table: string
  /** The server's estimate; `null`: never analysed. */
  rows: number | null
  /** Without indexes. */
  bytes: number
  /** An earlier statement of the same run has made it. */
  new: boolean
}

/** What a statement takes and does. */
export interface Impact {
  /** `false`: our parser does not know the statement, or what it does is in a function. */
  foreseen: boolean
  /** The strongest first. */
  locks: (AffectedTable & { mode: LockMode })[]
  /** Who waits for it, of those who use tables that are there now. */
  blocks: 'nothing' | 'writes' | 'reads and writes'
  work: (AffectedTable & { does: WorkKind; all: boolean })[]
  /** `null`: not known. */
  takes: Estimate | null
}

// What a statement of these does is in the code that it runs.
const opaque = new Set(['DoStmt', 'CallStmt', 'ExecuteStmt', 'AlterExtensionStmt'])

/**
 * Foresees what a statement takes and does, and changes the schema as it does.
 *
 * @param tree `undefined`: our parser does not know it
 */
export function foresee(schema: Schema, tree: Tree | undefined): Impact {
  if (tree === undefined) {
    touchAll(schema)
    return { foreseen: false, locks: [], blocks: 'nothing', work: [], takes: null }
  }
  const affected = (relation: Relation): AffectedTable => ({
    table: relation.schema === schema.searchPath[0] ? relation.name : `${relation.schema}.${relation.name}`,
    rows: relation.rows,
    bytes: relation.bytes,
    new: relation.now === undefined,
  })
  const locks = locksOf(tree, schema).map(({ relation, mode }) => ({ ...affected(relation), mode }))
  const work = workOf(tree, schema)
  const impact: Impact = {
    foreseen: !opaque.has(tree.kind),
    locks: locks.sort((a, b) => lockModes.indexOf(b.mode) - lockModes.indexOf(a.mode)),
    blocks: blockedBy(locks.filter((lock) => !lock.new).map(({ mode }) => mode)),
    work: work.map(({ relation, kind, all }) => ({ ...affected(relation), does: kind, all })),
    takes: estimate(work) ?? null,
  }
  evolve(schema, tree)
  return impact
}

function blockedBy(modes: readonly LockMode[]): Impact['blocks'] {
  if (modes.some(blocksReads)) return 'reads and writes'
  return modes.some(blocksWrites) ? 'writes' : 'nothing'
}
