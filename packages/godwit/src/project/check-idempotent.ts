import type { OpenOptions, Target } from '../databases/contract.js'
import { findName } from '../engine/find-name.js'
import { compileSteps, type RunContext, run, survey } from '../engine/run.js'
import { GodwitError, isGodwitError } from '../errors.js'

/** What a second `up` changed. */
export interface ChangedCollection {
  collection: string
  /** Documents behind the first `up` and behind the second; `null`: the collection was not there. */
  before: number | null
  after: number | null
}

/** What {@link checkIdempotent} found. */
export interface IdempotenceReport {
  name: string
  /** A second `up` changed nothing. */
  idempotent: boolean
  changed: ChangedCollection[]
  /** The second `up` failed. */
  reason?: string
}

/**
 * Runs everything up to a migration on a scratch database, then its `up` once more, and compares what is there.
 *
 * @param shadow URL of the server for the scratch database
 * @throws GodwitError GODWIT_SHADOW_NEEDED, GODWIT_CHECK_FORMAT, and what the first runs failed with
 */
export async function checkIdempotent(
  context: Omit<RunContext, 'target'>,
  wanted: string,
  shadow: string | undefined,
  options: OpenOptions,
): Promise<IdempotenceReport> {
  const { history, id } = context.format
  if (history.kind === 'table') throw new GodwitError('GODWIT_CHECK_FORMAT', { format: id })
  if (shadow === undefined || shadow === '') throw new GodwitError('GODWIT_SHADOW_NEEDED', {})
  const { openScratch } = await import('../databases/mongodb/scratch.js')
  const scratch = await openScratch(shadow, history, options)
  const { target } = scratch
  try {
    const at = { ...context, target }
    const { states } = await survey(context.format, target)
    const name = findName(
      states.map((each) => each.name),
      wanted,
    )
    const first = await run(at, { direction: 'up', to: name })
    if (first.error !== undefined) throw first.error
    const before = await scratch.content()
    const reason = await runAgain(at, name)
    const after = await scratch.content()
    const changed = [...new Set([...before.keys(), ...after.keys()])]
      .filter((each) => before.get(each)?.hash !== after.get(each)?.hash)
      .map((collection) => ({
        collection,
        before: before.get(collection)?.documents ?? null,
        after: after.get(collection)?.documents ?? null,
      }))
    const idempotent = changed.length === 0 && reason === undefined
    return { name, idempotent, changed, ...(reason === undefined ? {} : { reason }) }
  } catch (error) {
    throw target.explain(error)
  } finally {
    await scratch.drop()
  }
}

async function runAgain(context: RunContext & { target: Target }, name: string): Promise<string | undefined> {
  const { target, identity, waitMs, format } = context
  await target.lock({ identity, waitMs, onWait: () => {} })
  const current = await survey(format, target)
  await target.begin(current.look, identity)
  const steps = [{ name, direction: 'up' as const }]
  const [step] = await compileSteps(context, current, { direction: 'up', steps, passed: [], refusals: [] })
  try {
    await step?.run({ onEvent: (event) => context.onEvent({ name, ...event }) })
    return undefined
  } catch (error) {
    if (!isGodwitError(error)) throw error
    return error.message
  } finally {
    await target.end('done')
  }
}
