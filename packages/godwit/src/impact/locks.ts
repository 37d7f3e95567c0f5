import type { NodeKind, Tree } from '../sql/parser.js'
import { takeOfAlterTable } from './alter-table-locks.js'
import { attached } from './attached-locks.js'
import { takeOfCreate } from './create-locks.js'
import { takeOfDrop } from './drop-locks.js'
import { type LockMode, lockModes } from './lock-modes.js'
import { maintenance } from './maintenance-locks.js'
import { takeOfNames, takeOfQuery } from './query-locks.js'
import type { Relation, Schema } from './schema.js'
import { Taken, type Takers } from './taken.js'
import { truncatedBy } from './work.js'

const takers: Takers = {
  AlterTableStmt: takeOfAlterTable,
  CreateStmt: takeOfCreate,
  DropStmt: takeOfDrop,
  IndexStmt: (taken, schema, { relation, concurrent }) => {
    const mode = concurrent ? 'ShareUpdateExclusive' : 'Share'
    const table = schema.find(relation)
    if (table?.kind === 'partitioned' && relation?.inh) taken.takeWithHeirs(table, mode)
    else taken.take(table, mode)
  },
  RenameStmt: (taken, schema, { relation, renameType }) => {
    const ofHeirs = renameType === 'OBJECT_COLUMN' || renameType === 'OBJECT_TABCONSTRAINT'
    if (relation?.inh && ofHeirs) taken.takeWithHeirs(schema.find(relation), 'AccessExclusive')
    else taken.take(schema.find(relation), 'AccessExclusive')
  },
  AlterObjectSchemaStmt: (taken, schema, { relation }) => taken.take(schema.find(relation), 'AccessExclusive'),
  AlterOwnerStmt: (taken, schema, { relation }) => taken.take(schema.find(relation), 'AccessExclusive'),
  TruncateStmt: (taken, schema, statement) => {
    for (const each of truncatedBy(statement, schema)) taken.take(each, 'AccessExclusive')
  },
  LockStmt: (taken, schema, { relations = [], mode }) => {
    for (const node of relations) {
      if (!('RangeVar' in node)) continue
      const relation = schema.find(node.RangeVar)
      const named = relation?.kind === 'view' ? [relation, ...relation.reads.map(({ from }) => from)] : [relation]
      for (const each of named) {
        if (node.RangeVar.inh) taken.takeWithHeirs(each, numbered(mode))
        else taken.take(each, numbered(mode))
      }
    }
  },
  CopyStmt: (taken, schema, { relation, is_from, query }) => {
    taken.take(schema.find(relation), is_from ? 'RowExclusive' : 'AccessShare')
    takeOfQuery(taken, schema, query ?? {})
  },
  ViewStmt: (taken, schema, { view, replace, query }) => {
    if (replace) taken.take(schema.find(view), 'AccessExclusive')
    takeOfNames(taken, schema, query ?? {})
  },
  CreateTableAsStmt: (taken, schema, { query }) => takeOfQuery(taken, schema, query ?? {}),
  CreateFunctionStmt: (taken, schema, { sql_body }) => takeOfNames(taken, schema, sql_body ?? {}),
  ...maintenance,
  ...attached,
}

const queries = new Set<NodeKind>([
  'DeclareCursorStmt',
  'DeleteStmt',
  'InsertStmt',
  'MergeStmt',
  'SelectStmt',
  'UpdateStmt',
])

/**
 * The locks that a statement takes on tables and views, as PostgreSQL 14 to 18 take them, the strongest on each. What a
 * function or a trigger does is not foreseen. Pure.
 */
export function locksOf(tree: Tree, schema: Schema): { relation: Relation; mode: LockMode }[] {
  const taken = new Taken(schema)
  const take = takers[tree.kind] as ((taken: Taken, schema: Schema, statement: object) => void) | undefined
  take?.(taken, schema, tree.fields)
  if (queries.has(tree.kind)) takeOfQuery(taken, schema, { [tree.kind]: tree.fields })
  return taken.all
}

// The parser numbers them from 1.
function numbered(mode: number | undefined): LockMode {
  return lockModes[(mode ?? 8) - 1] ?? 'AccessExclusive'
}
