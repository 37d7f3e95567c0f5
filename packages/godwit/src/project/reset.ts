import {
  compileSteps,
  planFrom,
  type RunContext,
  type RunReport,
  run,
  type Survey,
  survey,
  takeLock,
} from '../engine/run.js'
import { GodwitError, isGodwitError } from '../errors.js'
import { type Consent, isProduction, requireConsent } from './production.js'

/** How to ask for a reset. */
export type ResetRequest = Consent & {
  /** Drops even where all can be undone. */
  drop?: boolean
  /** Runs the seeds behind it, where the config names any. Default true. */
  seed?: boolean
}

/**
 * Takes everything back and applies all migrations again: by the downs where every applied migration has one, else by
 * dropping what the role owns in the project's schema (rule 34). What goes is named first.
 *
 * @throws GodwitError before anything goes, when a migration could not be applied again
 */
export async function resetTo(
  context: RunContext,
  request: Omit<ResetRequest, 'seed'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RunReport & { dropped: string[] }> {
  const { target } = context
  await takeLock(context)
  const { current, byDowns, goes } = await forecastReset(context, request.drop ?? false)
  refuseHalfReset(context, current)
  await compileAllUps(context, current)
  const { database } = target.server
  if (goes.length > 0)
    await requireConsent({ action: 'reset', database, goes }, isProduction(current.look, env), request)
  if (!byDowns) {
    await target.drop(goes)
    context.onEvent({ type: 'dropped', objects: goes })
    return { ...(await run(context, { direction: 'up' })), dropped: goes }
  }
  const down = await run(context, { direction: 'down', all: true })
  if (down.error !== undefined) return { ...down, dropped: [] }
  const up = await run(context, { direction: 'up' })
  return { ...up, steps: [...down.steps, ...up.steps], dropped: [] }
}

/** What a reset would do and take. Read-only. */
export async function forecastReset(
  context: RunContext,
  drop: boolean,
): Promise<{ current: Survey; byDowns: boolean; goes: string[] }> {
  const current = await survey(context.format, context.target)
  const byDowns = !drop && (await canUndoAll(context, current))
  if (!byDowns) return { current, byDowns, goes: await context.target.droppable() }
  return { current, byDowns, goes: current.look.rows.map((row) => `what ${row.name} made`).reverse() }
}

// Everything gone and nothing applied again is the worst a reset can end in.
async function compileAllUps(context: RunContext, current: Survey): Promise<void> {
  const steps = current.files.map(({ name }) => ({ name, direction: 'up' as const }))
  await compileSteps(context, current, { direction: 'up', steps, passed: [], refusals: [] })
}

// What the up behind it would be refused for must be known before anything goes.
function refuseHalfReset({ target }: RunContext, { files, look }: Survey): void {
  const { readOnly, database, user } = target.server
  if (readOnly) throw new GodwitError('GODWIT_READ_ONLY', { database, names: files.map((file) => file.name) })
  if (look.journal === 'denied') throw new GodwitError('GODWIT_JOURNAL_UNREADABLE', { user })
}

async function canUndoAll(context: RunContext, current: Survey): Promise<boolean> {
  const plan = planFrom(current, { direction: 'down', all: true })
  if (plan.refusals.length > 0) return false
  try {
    await compileSteps(context, current, plan)
    return true
  } catch (error) {
    if (isGodwitError(error) && (error.code === 'GODWIT_IRREVERSIBLE' || error.code === 'GODWIT_MISSING')) return false
    throw error
  }
}
