import type { CreateStmt, RangeVar } from 'libpg-query'
import type { Schema } from '../../impact/schema.js'
import { as, type Tree } from '../../sql/parser.js'
import { controlOf } from '../../sql/transaction.js'
import { constraintsOf } from '../commands.js'
import type { At, Found, Rule } from '../rule.js'

/** Transactions, and how long a migration may keep others waiting. */
export const transactionRules: readonly Rule[] = [
  {
    code: 'transaction-nesting',
    level: 'error',
    from: ['Squawk'],
    why: 'PostgreSQL has no transaction in a transaction: a second BEGIN does nothing, and the first COMMIT ends everything, so that what follows is not undone when it fails.',
    examples: { finds: 'BEGIN;\nBEGIN;\nSELECT 1;\nCOMMIT;', passes: 'BEGIN;\nSAVEPOINT a;\nSELECT 1;\nCOMMIT;' },
    statement: (at) => {
      const control = controlOf(at.tree)?.control
      if (control === 'begin' && at.inTransaction)
        return [
          {
            message: 'A transaction is open already: this does nothing.',
            recipe: ['SAVEPOINT step;', '-- …', 'RELEASE SAVEPOINT step;'],
          },
        ]
      if (control !== 'commit' && control !== 'rollback') return []
      if (!at.inTransaction)
        return [
          {
            message: 'No transaction is open: this does nothing.',
            recipe: ['BEGIN;', '-- …', `${at.statement.text};`],
          },
        ]
      if (at.migration.transaction !== 'one') return []
      return [
        {
          message: 'It ends the transaction in which the migration is run and recorded.',
          recipe: ['-- without it: the run commits, or undoes, the migration as a whole'],
        },
      ]
    },
  },
  {
    code: 'ban-uncommitted-transaction',
    level: 'error',
    from: ['Squawk'],
    why: 'A transaction that the script begins and never ends is undone when the connection closes, with all that was done in it.',
    examples: { finds: 'BEGIN;\nCREATE TABLE a (id bigint);', passes: 'BEGIN;\nCREATE TABLE a (id bigint);\nCOMMIT;' },
    migration: ({ migration, inTransaction }) => {
      if (migration.transaction !== 'own' || !inTransaction) return []
      const last = migration.statements.findLast(
        ({ tree }) => tree !== undefined && controlOf(tree)?.control === 'begin',
      )
      return last === undefined
        ? []
        : [{ message: 'It is never committed.', place: last.locate(0), recipe: ['COMMIT;'] }]
    },
  },
  {
    code: 'require-lock-timeout',
    level: ({ lockTimeoutMs }) => (lockTimeoutMs === 0 ? 'warning' : 'off'),
    from: ['Squawk'],
    also: ['require-timeout-settings'],
    why: 'A statement that waits for a lock makes everybody wait who comes behind it. Godwit sets lock_timeout itself (5 s, lockTimeout in the config), so the rule is off unless that is 0; for files that other tools run as well, turn it on.',
    examples: {
      finds: 'ALTER TABLE users ADD COLUMN nick text;',
      passes: "SET lock_timeout = '5s';\nALTER TABLE users ADD COLUMN nick text;",
    },
    statement: (at) => missingTimeout(at, 'lock_timeout', '5s'),
  },
  {
    code: 'require-statement-timeout',
    level: ({ statementTimeoutMs }) => (statementTimeoutMs === 0 ? 'note' : 'off'),
    from: ['Squawk'],
    also: ['require-timeout-settings'],
    why: 'A statement that takes long holds its locks for as long. statement_timeout ends it; statementTimeout in the config sets it for every migration, and turns the rule off.',
    examples: {
      finds: 'ALTER TABLE users ADD COLUMN nick text;',
      passes: "SET statement_timeout = '30s';\nALTER TABLE users ADD COLUMN nick text;",
    },
    statement: (at) => missingTimeout(at, 'statement_timeout', '30s'),
  },
]

/** The first statement of a migration that may be slow and has no setting ahead of it. */
function missingTimeout(at: At, setting: string, value: string): Found[] {
  if (!mayBeSlow(at, at.tree) || sets(at.tree, setting)) return []
  if (at.before.some((tree) => sets(tree, setting) || mayBeSlow(at, tree))) return []
  const local = at.inTransaction && at.migration.transaction !== 'own' ? 'SET LOCAL' : 'SET'
  const text = `${local} ${setting} = '${value}'`
  const own = at.migration.format === 'sql' || at.migration.format === 'prisma'
  return [
    {
      message: `No ${setting} is set ahead of it.`,
      recipe: [`${text};`, `${at.statement.text};`],
      ...(own ? { fix: { statements: [text, at.statement.text], apart: false } } : {}),
    },
  ]
}

function sets(tree: Tree, setting: string): boolean {
  return as(tree, 'VariableSetStmt')?.name === setting
}

const slowKinds = new Set([
  'AlterDomainStmt',
  'AlterTableStmt',
  'ClusterStmt',
  'CommentStmt',
  'CreateTrigStmt',
  'IndexStmt',
  'LockStmt',
  'RefreshMatViewStmt',
  'ReindexStmt',
  'RenameStmt',
  'TruncateStmt',
  'VacuumStmt',
])

/** It takes a lock on what is there, or works on its rows. */
function mayBeSlow({ schema }: At, tree: Tree): boolean {
  const drop = as(tree, 'DropStmt')
  if (drop !== undefined) return droppable.has(drop.removeType)
  const create = as(tree, 'CreateStmt')
  if (create !== undefined) return referencedBy(create).some((named) => isThere(schema, named))
  if (!slowKinds.has(tree.kind)) return false
  return isThere(schema, (tree.fields as { relation?: RangeVar }).relation)
}

const droppable = new Set<string | undefined>(['OBJECT_TABLE', 'OBJECT_INDEX', 'OBJECT_VIEW', 'OBJECT_MATVIEW'])

function isThere(schema: Schema, named: RangeVar | undefined): boolean {
  const relation = schema.find(named)
  return relation === undefined || relation.now !== undefined
}

/** The tables that a new one refers to: writes to them wait. */
function referencedBy({ tableElts = [] }: CreateStmt): RangeVar[] {
  const constraints = tableElts.flatMap((node) =>
    'ColumnDef' in node ? constraintsOf(node.ColumnDef) : 'Constraint' in node ? [node.Constraint] : [],
  )
  return constraints.flatMap(({ contype, pktable }) => (contype === 'CONSTR_FOREIGN' && pktable ? [pktable] : []))
}
