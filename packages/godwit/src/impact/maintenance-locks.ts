import { optionIsOn } from '../sql/nodes.js'
import type { Takers } from './taken.js'

/** What CLUSTER, REINDEX, VACUUM, ANALYZE and REFRESH take. */
export const maintenance: Takers = {
  ClusterStmt: (taken, schema, { relation }) => taken.take(schema.find(relation), 'AccessExclusive'),
  ReindexStmt: (taken, schema, { relation, params }) => {
    const found = schema.find(relation)
    const concurrent = optionIsOn(params, 'concurrently', false)
    taken.takeWithHeirs(found?.index?.table ?? found, concurrent ? 'ShareUpdateExclusive' : 'Share')
  },
  VacuumStmt: (taken, schema, { options, rels = [], is_vacuumcmd }) => {
    const mode = is_vacuumcmd && optionIsOn(options, 'full', false) ? 'AccessExclusive' : 'ShareUpdateExclusive'
    const named = rels.map((node) => ('VacuumRelation' in node ? schema.find(node.VacuumRelation.relation) : undefined))
    for (const each of named) taken.takeWithHeirs(each, mode)
    // One after the other, each for a while.
    if (named.length === 0) for (const each of schema.relations) if (each.kind !== 'view') taken.take(each, mode)
  },
  RefreshMatViewStmt: (taken, schema, { relation, concurrent, skipData }) => {
    const view = schema.find(relation)
    taken.take(view, concurrent ? 'Exclusive' : 'AccessExclusive')
    if (!skipData) for (const { from } of view?.reads ?? []) taken.takeWithHeirs(from, 'AccessShare')
  },
}
