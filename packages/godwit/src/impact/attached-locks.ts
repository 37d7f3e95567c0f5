import type { ObjectType } from 'libpg-query'
import { findOption, nameParts } from '../sql/nodes.js'
import { takeOfQuery } from './query-locks.js'
import type { Schema } from './schema.js'
import type { Taken, Takers } from './taken.js'

const whole = new Set<ObjectType | undefined>(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE'])
const parts = new Set<ObjectType | undefined>([
  'OBJECT_TABCONSTRAINT',
  'OBJECT_TRIGGER',
  'OBJECT_RULE',
  'OBJECT_POLICY',
])

const ofPolicy: NonNullable<Takers['CreatePolicyStmt'] & Takers['AlterPolicyStmt']> = (taken, schema, statement) => {
  takeOfQuery(taken, schema, { qual: statement.qual ?? {}, check: statement.with_check ?? {} })
  taken.take(schema.find(statement.table), 'AccessExclusive')
}

const ofSequence: NonNullable<Takers['CreateSeqStmt'] & Takers['AlterSeqStmt']> = (taken, schema, { options }) => {
  const owner = findOption(options, 'owned_by')?.arg
  const names = owner !== undefined && 'List' in owner ? nameParts(owner.List.items) : []
  taken.take(schema.findParts(names.slice(0, -1)), 'AccessShare')
}

const ofPublication: NonNullable<Takers['CreatePublicationStmt'] & Takers['AlterPublicationStmt']> = (
  taken,
  schema,
  { pubobjects = [] },
) => {
  for (const node of pubobjects)
    if ('PublicationObjSpec' in node)
      taken.take(schema.find(node.PublicationObjSpec.pubtable?.relation), 'ShareUpdateExclusive')
}

/** What is taken for things that belong to a table and are made or changed beside it. */
export const attached: Takers = {
  CreateTrigStmt: (taken, schema, { relation, constrrel, row }) => {
    taken.take(schema.find(constrrel), 'AccessShare')
    const table = schema.find(relation)
    if (row && table?.kind === 'partitioned') taken.takeWithHeirs(table, 'ShareRowExclusive')
    else taken.take(table, 'ShareRowExclusive')
  },
  RuleStmt: (taken, schema, { relation }) => taken.take(schema.find(relation), 'AccessExclusive'),
  CreatePolicyStmt: ofPolicy,
  AlterPolicyStmt: ofPolicy,
  CreateStatsStmt: (taken, schema, { relations = [] }) => {
    for (const node of relations) if ('RangeVar' in node) taken.take(schema.find(node.RangeVar), 'ShareUpdateExclusive')
  },
  CommentStmt: (taken, schema, { objtype, object }) => {
    const names = object !== undefined && 'List' in object ? nameParts(object.List.items) : []
    if (whole.has(objtype)) taken.take(schema.findParts(names), 'ShareUpdateExclusive')
    else if (objtype === 'OBJECT_COLUMN') taken.take(schema.findParts(names.slice(0, -1)), 'ShareUpdateExclusive')
    else if (parts.has(objtype)) taken.take(schema.findParts(names.slice(0, -1)), 'AccessShare')
  },
  CreateSeqStmt: ofSequence,
  AlterSeqStmt: ofSequence,
  GrantStmt: (taken, schema, { objtype, objects = [] }) => {
    if (objtype !== 'OBJECT_TABLE' || schema.major < 18) return
    for (const node of objects) if ('RangeVar' in node) taken.take(schema.find(node.RangeVar), 'AccessShare')
  },
  AlterDomainStmt: (taken, schema, { typeName, subtype, def }) => {
    const validates = def === undefined || !('Constraint' in def) || !def.Constraint.skip_validation
    const checks = subtype === 'O' || subtype === 'V' || (subtype === 'C' && validates)
    if (checks) takeOfTyped(taken, schema, nameParts(typeName))
  },
  CreatePublicationStmt: ofPublication,
  AlterPublicationStmt: ofPublication,
}

// Tables with a column of the type.
function takeOfTyped(taken: Taken, schema: Schema, names: readonly string[]): void {
  const type = schema.findType(names)
  if (type === undefined) return
  for (const table of schema.relations)
    if ([...table.columns.values()].some(({ typeId }) => typeId === type.id)) taken.take(table, 'Share')
}
