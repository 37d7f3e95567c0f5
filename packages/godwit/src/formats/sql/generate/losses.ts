import { narrowedInWords } from '../../../sql/narrowing.js'
import { inWords, pathOf } from './facts.js'
import type { Action, Fact, FactBase, FactId, PgDelta, Plan } from './pg-delta.js'

/** What a plan takes data away from, in words. What goes with its table is not told apart. */
export function lossesOf(plan: Plan, from: FactBase, isMended: (id: FactId) => boolean): string[] {
  const tables = new Set(
    plan.actions.flatMap(({ destroys }) => destroys.filter(({ kind }) => kind === 'table').map(tableKey)),
  )
  const isTold = (id: FactId): boolean => {
    const fact = from.get(id)
    return !isMended(id) && !isComputed(fact) && !tables.has(tableKeyOfPart(id, fact) ?? '')
  }
  return [...new Set(plan.actions.flatMap((action) => ofAction(action, isTold)))]
}

/** Columns whose type is changed in place to one that does not hold every value, in words. */
export function castsOf(
  { actions, deltas }: Plan,
  from: FactBase,
  to: FactBase,
  encode: PgDelta['encodeId'],
): string[] {
  const anew = new Set(actions.flatMap(({ destroys }) => destroys.map(encode)))
  return deltas.flatMap((delta) => {
    if (delta.verb !== 'set' || delta.attr !== 'type' || delta.id.kind !== 'column') return []
    const [before, after] = [from.get(delta.id), to.get(delta.id)]
    if (before === undefined || after === undefined || isComputed(before) || anew.has(encode(delta.id))) return []
    return narrowedInWords(pathOf(delta.id), String(before.payload.type), String(after.payload.type)) ?? []
  })
}

function ofAction({ destroys, dataLoss, sql }: Action, isTold: (id: FactId) => boolean): string[] {
  const told = destroys.filter(isTold)
  const counters = told.filter(({ kind }) => kind === 'sequence').map((id) => `the counter of ${inWords(id)}`)
  if (dataLoss === 'none') return counters
  if (destroys.length === 0) return [`rows with a value that is gone: ${sql.split('\n', 1)[0]}`]
  return [...told.filter(({ kind }) => ofRows.has(kind)).map(inWords), ...counters]
}

const ofRows = new Set(['table', 'column', 'typeAttribute'])

/** A column that is computed from others holds nothing of its own. */
export function isComputed(fact: Fact | undefined): boolean {
  return typeof fact?.payload.generatedExpr === 'string'
}

function tableKey({ schema, name }: FactId): string {
  return `${schema}.${name}`
}

function tableKeyOfPart({ kind, schema, table }: FactId, fact: Fact | undefined): string | undefined {
  const owner = fact?.payload.ownedBy as { schema: string; table: string } | null | undefined
  if (kind === 'sequence') return owner == null ? undefined : `${owner.schema}.${owner.table}`
  return table === undefined ? undefined : `${schema}.${table}`
}
