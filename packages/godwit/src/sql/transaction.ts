import { findOption, optionIsOn } from './nodes.js'
import { as, type NodeKind, type Tree } from './parser.js'
import { transactionsInside } from './routine-body.js'

/** What a statement that begins or ends a transaction does. */
export type Control = 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'rollback-to' | 'prepare'

const controls: Record<string, Control> = {
  TRANS_STMT_BEGIN: 'begin',
  TRANS_STMT_START: 'begin',
  TRANS_STMT_COMMIT: 'commit',
  TRANS_STMT_ROLLBACK: 'rollback',
  TRANS_STMT_SAVEPOINT: 'savepoint',
  TRANS_STMT_RELEASE: 'release',
  TRANS_STMT_ROLLBACK_TO: 'rollback-to',
  TRANS_STMT_PREPARE: 'prepare',
}

/** `COMMIT PREPARED` and `ROLLBACK PREPARED` are no control: they concern another transaction. */
export function controlOf(tree: Tree): { control: Control; chain: boolean } | undefined {
  const statement = as(tree, 'TransactionStmt')
  const control = controls[statement?.kind ?? '']
  return control === undefined ? undefined : { control, chain: statement?.chain === true }
}

const alwaysNever = new Set<NodeKind>([
  'AlterSystemStmt',
  'CreatedbStmt',
  'CreateTableSpaceStmt',
  'DropdbStmt',
  'DropSubscriptionStmt',
  'DropTableSpaceStmt',
  'TransactionStmt',
])

/**
 * Whether the server refuses the statement inside a transaction block (SQLSTATE 25001): the calls of
 * `PreventInTransactionBlock` in PostgreSQL's source, as far as the text can tell. It cannot tell whether a table is
 * partitioned (`CLUSTER t`, `REINDEX TABLE t`) or what a called procedure does.
 */
export function neverInTransaction(tree: Tree): boolean {
  if (alwaysNever.has(tree.kind)) return tree.kind !== 'TransactionStmt' || controlOf(tree) === undefined
  if (as(tree, 'IndexStmt')?.concurrent === true || as(tree, 'DropStmt')?.concurrent === true) return true
  if (as(tree, 'VacuumStmt')?.is_vacuumcmd === true) return true
  if (as(tree, 'DiscardStmt')?.target === 'DISCARD_ALL') return true
  const cluster = as(tree, 'ClusterStmt')
  if (cluster !== undefined) return cluster.relation === undefined
  const database = as(tree, 'AlterDatabaseStmt')
  if (database !== undefined) return findOption(database.options, 'tablespace') !== undefined
  if (tree.kind === 'AlterTableStmt') return detachesConcurrently(tree)
  const block = as(tree, 'DoStmt')
  if (block !== undefined) return transactionsInside(block)
  return reindexNever(tree) || subscriptionNever(tree)
}

function detachesConcurrently(tree: Tree): boolean {
  return (as(tree, 'AlterTableStmt')?.cmds ?? []).some((node) => {
    const part = 'AlterTableCmd' in node ? node.AlterTableCmd.def : undefined
    return part !== undefined && 'PartitionCmd' in part && part.PartitionCmd.concurrent === true
  })
}

function reindexNever(tree: Tree): boolean {
  const reindex = as(tree, 'ReindexStmt')
  if (reindex === undefined) return false
  const one = reindex.kind === 'REINDEX_OBJECT_INDEX' || reindex.kind === 'REINDEX_OBJECT_TABLE'
  return !one || optionIsOn(reindex.params, 'concurrently', false)
}

function subscriptionNever(tree: Tree): boolean {
  const create = as(tree, 'CreateSubscriptionStmt')
  if (create !== undefined) {
    return optionIsOn(create.options, 'create_slot', optionIsOn(create.options, 'connect', true))
  }
  const alter = as(tree, 'AlterSubscriptionStmt')
  switch (alter?.kind) {
    case 'ALTER_SUBSCRIPTION_REFRESH':
      return true
    case 'ALTER_SUBSCRIPTION_SET_PUBLICATION':
    case 'ALTER_SUBSCRIPTION_ADD_PUBLICATION':
    case 'ALTER_SUBSCRIPTION_DROP_PUBLICATION':
      return optionIsOn(alter.options, 'refresh', true)
    case 'ALTER_SUBSCRIPTION_OPTIONS':
      return ['failover', 'two_phase'].some((name) => findOption(alter.options, name) !== undefined)
    default:
      return false
  }
}
