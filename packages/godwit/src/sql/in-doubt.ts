import type { RangeVar } from 'libpg-query'
import { nameParts, optionIsOn } from './nodes.js'
import { as, parseStatement, type Tree } from './parser.js'
import { ident } from './quote.js'
import { tokens } from './tokens.js'

/** What must be looked up to tell whether a statement that ran outside of a transaction was done. Names are quoted SQL. */
export type InDoubt =
  /** CREATE INDEX CONCURRENTLY; `index` without its schema, which is the table's; absent: the server chose the name. */
  | { kind: 'create-index'; index?: string; table: string; ifNotExists: boolean }
  | { kind: 'reindex'; of: 'index' | 'table' | 'schema' | 'database'; name?: string }
  | { kind: 'drop-index'; index: string }
  | { kind: 'detach'; table: string; partition: string }
  | { kind: 'create' | 'drop'; object: 'database' | 'tablespace'; name: string }
  /** Running it twice is as good as once. */
  | { kind: 'repeatable' }
  /** Nothing tells how far it came. */
  | { kind: 'unknown' }

/** Says what a statement is about, as far as it matters when nobody knows whether it was done. {@link loadParser} first. */
export function inDoubt(text: string): InDoubt {
  const tree = parseStatement(text)
  return tree === undefined ? { kind: 'unknown' } : (indexOf(tree) ?? objectOf(tree) ?? { kind: 'unknown' })
}

function indexOf(tree: Tree): InDoubt | undefined {
  const create = as(tree, 'IndexStmt')
  if (create?.relation !== undefined) {
    const name = create.idxname === undefined ? {} : { index: create.idxname }
    const ifNotExists = create.if_not_exists === true
    return { kind: 'create-index', ...name, table: sqlName(create.relation), ifNotExists }
  }
  const drop = as(tree, 'DropStmt')
  const [dropped] = drop?.objects ?? []
  if (drop?.removeType === 'OBJECT_INDEX' && dropped !== undefined && 'List' in dropped)
    return { kind: 'drop-index', index: nameParts(dropped.List.items).map(ident).join('.') }
  const [part] = as(tree, 'AlterTableStmt')?.cmds ?? []
  const of = part !== undefined && 'AlterTableCmd' in part ? part.AlterTableCmd.def : undefined
  const table = as(tree, 'AlterTableStmt')?.relation
  if (of !== undefined && 'PartitionCmd' in of && of.PartitionCmd.name !== undefined && table !== undefined)
    return { kind: 'detach', table: sqlName(table), partition: sqlName(of.PartitionCmd.name) }
  return reindexOf(tree)
}

const reindexed = {
  REINDEX_OBJECT_INDEX: 'index',
  REINDEX_OBJECT_TABLE: 'table',
  REINDEX_OBJECT_SCHEMA: 'schema',
  REINDEX_OBJECT_DATABASE: 'database',
  REINDEX_OBJECT_SYSTEM: 'database',
} as const

function reindexOf(tree: Tree): InDoubt | undefined {
  const reindex = as(tree, 'ReindexStmt')
  if (reindex === undefined) return undefined
  if (!optionIsOn(reindex.params, 'concurrently', false)) return { kind: 'repeatable' }
  const of = reindexed[reindex.kind as keyof typeof reindexed]
  if (reindex.relation !== undefined) return { kind: 'reindex', of, name: sqlName(reindex.relation) }
  return { kind: 'reindex', of, ...(of === 'schema' && reindex.name !== undefined ? { name: reindex.name } : {}) }
}

const repeatable = new Set(['VacuumStmt', 'CheckPointStmt', 'ClusterStmt', 'AlterSystemStmt', 'DiscardStmt'])

function objectOf(tree: Tree): InDoubt | undefined {
  if (repeatable.has(tree.kind) || tree.kind === 'AlterDatabaseStmt') return { kind: 'repeatable' }
  const made = as(tree, 'CreatedbStmt')?.dbname
  if (made !== undefined) return { kind: 'create', object: 'database', name: made }
  const gone = as(tree, 'DropdbStmt')?.dbname
  if (gone !== undefined) return { kind: 'drop', object: 'database', name: gone }
  const madeSpace = as(tree, 'CreateTableSpaceStmt')?.tablespacename
  if (madeSpace !== undefined) return { kind: 'create', object: 'tablespace', name: madeSpace }
  const goneSpace = as(tree, 'DropTableSpaceStmt')?.tablespacename
  return goneSpace === undefined ? undefined : { kind: 'drop', object: 'tablespace', name: goneSpace }
}

function sqlName({ schemaname, relname }: RangeVar): string {
  return [schemaname, relname].flatMap((part) => (part === undefined ? [] : [ident(part)])).join('.')
}

/**
 * The same index on another table, not concurrently and without a name of its own: what it takes to let the server write
 * down a definition as it writes down that of an index that is there.
 */
export function indexOn(text: string, table: string): string | undefined {
  const all = [...tokens(text)]
  const word = (at: number) => (all[at]?.kind === 'word' ? all[at].text.toUpperCase() : '')
  let at = all.findIndex((token) => token.kind === 'word' && token.text.toUpperCase() === 'ON') + 1
  if (at === 0) return undefined
  const unique = word(1) === 'UNIQUE' ? 'UNIQUE ' : ''
  if (word(at) === 'ONLY') at++
  at++
  while (all[at]?.text === '.') at += 2
  const rest = all[at]?.offset
  return rest === undefined ? undefined : `CREATE ${unique}INDEX ON ${table} ${text.slice(rest)}`
}

// Names, and where in the text something stands.
const ofThePlace = new Set(
  (
    'idxname relation concurrent if_not_exists tableSpace location name_location list_start list_end rexpr_list_start ' +
    'rexpr_list_end'
  ).split(' '),
)

/** Whether two CREATE INDEX statements, as the server writes them down, make the same index but for name and table. */
export function sameIndex(one: string, other: string): boolean {
  const [first, second] = [shapeOf(one), shapeOf(other)]
  return first !== undefined && first === second
}

function shapeOf(definition: string): string | undefined {
  const tree = parseStatement(definition)
  if (tree?.kind !== 'IndexStmt') return undefined
  return JSON.stringify(tree.fields, (key, value) => (ofThePlace.has(key) ? undefined : value))
}
