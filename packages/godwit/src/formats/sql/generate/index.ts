import { GodwitError } from '../../../errors.js'
import { hasAnswers, knownAnswers } from '../../answered-names.js'
import type { FormatContext, Generated, GenerateRequest, NewMigration } from '../../contract.js'
import { counted } from '../../counted.js'
import { type Beginning, doneAhead } from './ahead.js'
import { inWords, type Ours, pathOf, readState } from './facts.js'
import { castsOf, isComputed, lossesOf } from './losses.js'
import { collation, madeAnew, statementsOf } from './mend.js'
import { type FactBase, type FactId, loadPgDelta, type Plan } from './pg-delta.js'
import { planOf } from './plan-of.js'
import { prove } from './prove.js'
import { looksRenamed } from './renames.js'
import { openSource, type Source } from './source.js'

/** A generated way, as it is written. */
export interface GeneratedWays {
  up: string[]
  down: string[]
  /** What each way takes away, and the values that it casts to a type which does not hold them all. */
  losses: { up: string[]; down: string[] }
  casts: { up: string[]; down: string[] }
  source: string
}

type Compose = (ways: GeneratedWays) => NewMigration

/**
 * Composes what another database, or a file of SQL, has beyond the history. Both ways are tried on the shadow before they
 * are given.
 *
 * @throws GODWIT_FROM_NEEDED, GODWIT_FROM_…, GODWIT_GENERATE_ANEW, GODWIT_GENERATE_IMPOSSIBLE,
 *   GODWIT_GENERATE_UNPROVEN, GODWIT_RENAME_UNUSABLE, GODWIT_RECREATE_UNKNOWN
 */
export async function generateFrom(
  request: GenerateRequest,
  ours: Ours,
  { projectDir, warn }: Pick<FormatContext, 'projectDir' | 'warn'>,
  compose: Compose,
): Promise<Generated> {
  const { from, shadow } = request
  if (from === undefined || from.trim() === '') throw new GodwitError('GODWIT_FROM_NEEDED', {})
  const library = await loadPgDelta(projectDir, warn)
  const source = await openSource(from.trim(), shadow, projectDir)
  try {
    const wanted = await readState(library, source.client, ours).catch((error) => {
      throw source.explain(error)
    })
    const client = await shadow.connect()
    try {
      return await compared({ library, request, ours, client, source, wanted, compose })
    } finally {
      await client.end()
    }
  } finally {
    await source.close()
  }
}

interface Comparison extends Beginning {
  source: Source
  compose: Compose
}

async function compared(asked: Comparison): Promise<Generated> {
  const { library, ours, client, source, wanted, compose } = asked
  const before = await readState(library, client, ours)
  const roles = [...new Set([...before.roles, ...wanted.roles])]
  const names = { before: namesOf(before.facts), after: namesOf(wanted.facts), usual: 'public' }
  const answers = hasAnswers(asked.request) ? knownAnswers(asked.request, names) : {}
  const request = { ...asked.request, ...answers }
  const comparison = { ...asked, request }
  const { ahead, state } = await doneAhead(comparison, roles)
  const up = planOf(library, state.facts, wanted.facts, roles)
  const losses = lossesOf(up, state.facts, mended(state.facts, wanted.facts))
  const casts = castsOf(up, state.facts, wanted.facts, library.encodeId)
  const found: Generated = {
    compared: comparedIn(wanted.facts),
    migration: null,
    statements: [],
    unanswered: looksRenamed(up.deltas, state.facts, wanted.facts, request.renames),
    losses: [...losses, ...casts],
    kept: [...new Set([...before.unknown, ...wanted.unknown])],
  }
  if (found.unanswered.length > 0 || (up.actions.length === 0 && ahead.up.length === 0)) return found
  refuseAnew(up, state.facts, wanted.facts, comparison)
  const down = planOf(library, wanted.facts, state.facts, roles)
  const ways = {
    up: [...ahead.up, ...statementsOf(up, state.facts, wanted.facts, library.encodeId)],
    down: [...statementsOf(down, wanted.facts, state.facts, library.encodeId), ...ahead.down],
  }
  const proven = await prove(library, client, ours, ways, { before, after: wanted })
  const migration = compose({
    ...proven,
    losses: { up: losses, down: lossesOf(down, wanted.facts, mended(wanted.facts, state.facts)) },
    casts: { up: casts, down: castsOf(down, wanted.facts, state.facts, library.encodeId) },
    source: source.description,
  })
  return { ...found, statements: proven.up, migration: { ...migration, notes: proven.notes } }
}

function namesOf(base: FactBase): string[] {
  return base.facts().flatMap(({ id }) => (id.kind === 'table' || id.kind === 'column' ? [pathOf(id)] : []))
}

function mended(from: FactBase, to: FactBase): (id: FactId) => boolean {
  return (id) => id.kind === 'column' && collation(id, from, to) !== undefined
}

// pg-delta drops a partition whose bounds change, with its rows.
function refuseAnew(plan: Plan, from: FactBase, to: FactBase, { library, request }: Comparison): void {
  const isMended = mended(from, to)
  const anew = madeAnew(plan, library.encodeId).filter(
    (id) => !isMended(id) && !isComputed(from.get(id)) && !request.recreate.includes(pathOf(id)),
  )
  if (anew.length > 0) throw new GodwitError('GODWIT_GENERATE_ANEW', { objects: anew.map(inWords) })
}

function comparedIn(facts: FactBase): string[] {
  return ['table', 'view', 'function'].flatMap((kind) => {
    const count = facts.facts().filter(({ id }) => id.kind === kind).length
    return count === 0 && kind !== 'table' ? [] : [counted(count, kind)]
  })
}
