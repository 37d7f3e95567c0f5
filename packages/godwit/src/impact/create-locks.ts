import type { CreateStmt } from 'libpg-query'
import { referredIn } from './alter-table-locks.js'
import type { Schema } from './schema.js'
import type { Taken } from './taken.js'

/** Takes what a CREATE TABLE takes: of the tables it refers to, is made like, inherits from or becomes a partition of. */
export function takeOfCreate(taken: Taken, schema: Schema, statement: CreateStmt): void {
  for (const element of [...(statement.tableElts ?? []), ...(statement.constraints ?? [])]) {
    for (const name of referredIn(element)) taken.take(schema.find(name), 'ShareRowExclusive')
    if ('TableLikeClause' in element) taken.take(schema.find(element.TableLikeClause.relation), 'AccessShare')
  }
  const partition = statement.partbound !== undefined
  for (const node of statement.inhRelations ?? []) {
    const parent = 'RangeVar' in node ? schema.find(node.RangeVar) : undefined
    if (parent === undefined) continue
    taken.take(parent, partition ? 'AccessExclusive' : 'ShareUpdateExclusive')
    if (!partition) continue
    for (const other of schema.childrenOf(parent)) if (other.isDefault) taken.take(other, 'AccessExclusive')
    for (const { references } of parent.constraints.values()) taken.take(references?.table, 'ShareRowExclusive')
  }
}
