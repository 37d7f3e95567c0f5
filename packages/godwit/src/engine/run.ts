import type { CompiledStep, LockOptions, RunIdentity, StepOutcome, Target } from '../databases/contract.js'
import { GodwitError, isGodwitError } from '../errors.js'
import type { Format } from '../formats/contract.js'
import { findName } from './find-name.js'
import {
  canResume,
  type Direction,
  type HistoryRow,
  isWaiting,
  type Look,
  type MigrationFile,
  type MigrationStatus,
} from './migration.js'
import { makePlan, type Plan, type PlannedStep, type PlanRequest } from './plan.js'
import { deriveStates } from './states.js'
import { cancelledBy, NOTHING_RUN, RunStop, type StopContext, stopped, waitable } from './stop.js'

/** What a run works on; made by `project/`. */
export interface RunContext extends StopContext {
  format: Format
  identity: RunIdentity
  waitMs: number
  /** Looks at the steps of an up once they are loaded, before anything is run; throws where it must not be. */
  lookAhead?: (steps: readonly CompiledStep[]) => Promise<void>
}

/** One step as it ended. */
export interface StepReport extends PlannedStep {
  /** `resumed`: done, from where a former run had stopped. */
  outcome: 'done' | 'failed' | 'resumed'
  durationMs: number
  statements: number
}

/** What a run did. `error`: the last step failed; the ones before it stay done. */
export interface RunReport {
  direction: Direction
  steps: StepReport[]
  /** Names that are pending now. */
  remaining: string[]
  error?: GodwitError
}

/** Files, history and states, laid side by side. */
export interface Survey {
  files: MigrationFile[]
  look: Look
  states: MigrationStatus[]
}

/** Looks at files and database without a lock. Read-only. */
export async function survey(format: Format, target: Target): Promise<Survey> {
  const [files, look] = await Promise.all([format.list(), target.look()])
  return { files, look, states: deriveStates(files, look, format.sortKeyOf) }
}

/**
 * A run from end to end: look (nothing to do ends here, rule 7), take the lock, read the history behind it (rule 1),
 * plan, load and check every step, run them one by one, report.
 *
 * @throws GodwitError when nothing was run; a step that failed is in the report
 */
export async function run(
  context: RunContext,
  request: PlanRequest,
  check: (current: Survey, plan: Plan) => void | Promise<void> = () => {},
): Promise<RunReport> {
  const { format, target } = context
  const first = await survey(format, target)
  const forecast = planFrom(first, request)
  const nothing = (at: Survey): RunReport => ({ direction: request.direction, steps: [], remaining: waitingIn(at) })
  if (forecast.steps.length === 0 && forecast.refusals.length === 0) return nothing(first)
  const waited = await takeLock(context)
  // Another runner may have been in the middle of its work: only what is read behind the lock counts.
  const look = await target.look()
  const files = waited ? await format.list() : first.files
  const current = { files, look, states: deriveStates(files, look, format.sortKeyOf) }
  const plan = planFrom(current, request)
  refuse(plan)
  if (plan.steps.length === 0) return nothing(current)
  refuseReplica(target, plan)
  refuseUnreadable(target, look)
  await check(current, plan)
  const steps = await compileSteps(context, current, plan)
  const halted = plan.direction === 'up' ? await lookAhead(context, steps) : undefined
  if (halted !== undefined) return { ...nothing(current), error: halted }
  warmUpSoon(steps[0])
  const stale = await waitable(context, () => target.begin(look, context.identity))
  await target.adopt(adoptable(current))
  if (plan.direction === 'up') await target.pass(plan.passed)
  context.onEvent({ type: 'planned', direction: plan.direction, names: steps.map(({ step }) => step.name) })
  const stop = new RunStop(context)
  const { elsewhere, ...report } = await runSteps(context, { steps, files, stale, stop }).finally(() => stop.close())
  if (plan.direction === 'down' && report.error === undefined) await target.pass(undoneOf(report.steps, plan.passed))
  await target.end(report.error === undefined ? 'done' : 'failed')
  const done = new Set(report.steps.filter((step) => step.outcome !== 'failed').map((step) => step.name))
  for (const name of elsewhere) done.add(name)
  // A step of which a part is left is neither done nor pending.
  const halfway = report.error?.details.left === 'part' ? report.steps.at(-1)?.name : undefined
  const remaining = remainingAfter(current, plan.direction, done).filter((name) => name !== halfway)
  return { ...report, direction: plan.direction, remaining }
}

// A stop cancels the question that is being asked, and is what comes back.
async function lookAhead(context: RunContext, steps: readonly CompiledStep[]): Promise<GodwitError | undefined> {
  const { lookAhead, signal, target } = context
  try {
    if (!signal?.aborted) await cancelledBy(signal, target, async () => lookAhead?.(steps))
  } catch (error) {
    if (!signal?.aborted) throw error
  }
  return signal?.aborted ? stopped(signal, { direction: 'up', state: [NOTHING_RUN] }) : undefined
}

/**
 * The plan that a survey and a request give, whose names may be any unique part. Pure.
 *
 * @throws GodwitError GODWIT_UNKNOWN_MIGRATION, GODWIT_AMBIGUOUS_NAME, GODWIT_STEP_COUNT
 */
export function planFrom({ states, look }: Pick<Survey, 'states' | 'look'>, request: PlanRequest): Plan {
  const { step } = request
  if (step !== undefined && !(Number.isInteger(step) && step >= 0))
    throw new GodwitError('GODWIT_STEP_COUNT', { written: String(step) })
  const names = states.map((migration) => migration.name)
  const rows = look.rows.filter((row) => row.outcome === 'applied')
  const applied = rows.map((row) => row.name)
  const { to, only, block } = request
  return makePlan(states, applied, {
    ...request,
    ...(to === undefined ? {} : { to: findName(names, to) }),
    ...(only === undefined ? {} : { only: findName(names, only) }),
    ...(block ? { step: sizeOfLastBlock(rows) } : {}),
  })
}

function sizeOfLastBlock(rows: readonly HistoryRow[]): number {
  const block = rows.at(-1)?.block
  if (block === undefined) return 1
  const before = rows.findLastIndex((row) => row.block !== block)
  return rows.length - 1 - before
}

/** @throws GodwitError for the first reason that a plan must not be run */
export function refuse(plan: Plan): void {
  const [refusal] = plan.refusals
  if (refusal !== undefined) throw new GodwitError(refusal.code, { names: refusal.names })
}

/** Loads and compiles every step before anything is run, so that a file that cannot work changes nothing. */
export async function compileSteps(
  context: Pick<RunContext, 'format' | 'target'>,
  { files, states }: Pick<Survey, 'files' | 'states'>,
  plan: Plan,
): Promise<CompiledStep[]> {
  const byName = new Map(files.map((file) => [file.name, file]))
  const steps: CompiledStep[] = []
  for (const { name, direction, resumes } of plan.steps) {
    const file = byName.get(name)
    if (file === undefined) throw new GodwitError('GODWIT_MISSING', { names: [name] })
    const body = await context.format.load(file, direction)
    if (body === null) throw new GodwitError('GODWIT_IRREVERSIBLE', { name }, { file: file.file })
    const open = resumes ? states.find((migration) => migration.name === name)?.open : undefined
    const resume = open === undefined ? {} : { resume: open }
    steps.push(await context.target.compile({ name, direction, file, body, ...resume }))
  }
  return steps
}

// `elsewhere`: steps that another runner has done meanwhile.
async function runSteps(
  context: RunContext,
  {
    steps,
    files,
    stale,
    stop,
  }: { steps: readonly CompiledStep[]; files: readonly MigrationFile[]; stale: boolean; stop: RunStop },
): Promise<{ steps: StepReport[]; elsewhere: string[]; error?: GodwitError }> {
  const reports: StepReport[] = []
  const elsewhere: string[] = []
  let due = steps
  let at = 0
  const readAgain = async (): Promise<void> => {
    const before = due.slice(at)
    due = await stillDue(context, before, files)
    at = 0
    elsewhere.push(...before.filter((each) => !due.includes(each)).map(({ step }) => step.name))
  }
  try {
    if (stale) await readAgain()
    if (context.format.prepare !== undefined) await context.target.setUp(context.format.prepare)
  } catch (error) {
    return { steps: reports, elsewhere, error: asGodwitError(error, context.target) }
  }
  let index = -1
  for (let compiled = due[at]; compiled !== undefined; compiled = due[at]) {
    if (context.signal?.aborted) break
    const { name, direction } = compiled.step
    const next = due[++at]
    index = steps.indexOf(compiled, index + 1)
    context.onEvent({ type: 'step-started', name, direction, index, total: steps.length })
    const started = performance.now()
    try {
      const { stale, ...outcome }: StepOutcome = await stop.during(compiled, (told) => {
        const running = compiled.run({
          onEvent: (event) => context.onEvent({ name, ...event }),
          waitMs: context.waitMs,
          next,
          ...told,
        })
        warmUpSoon(next)
        return running
      })
      reports.push({ name, direction, outcome: compiled.step.resume === undefined ? 'done' : 'resumed', ...outcome })
      context.onEvent({ type: 'step-done', name, direction, ...outcome })
      if (stale) await readAgain()
    } catch (error) {
      const told = asGodwitError(error, context.target)
      const failure = context.signal?.aborted ? stopped(context.signal, { direction, cause: told }) : told
      if (reports.at(-1)?.name === name) return { steps: reports, elsewhere, error: failure }
      reports.push({ name, direction, outcome: 'failed', statements: 0, durationMs: performance.now() - started })
      context.onEvent({ type: 'step-failed', name, direction, left: failure.details.left ?? 'unknown' })
      return { steps: reports, elsewhere, error: failure }
    }
  }
  const { signal } = context
  if (!signal?.aborted) return { steps: reports, elsewhere }
  const ended = reports.at(-1)
  const state = [ended === undefined ? NOTHING_RUN : `${ended.name} ended by itself and is recorded.`]
  const { direction } = steps[0]?.step ?? { direction: 'up' }
  return { steps: reports, elsewhere, error: stopped(signal, { direction, state, complete: at === due.length }) }
}

// By then the message before it is on its way, and the server works while the step is looked into.
function warmUpSoon(step: CompiledStep | undefined): void {
  setImmediate(() => step?.warmUp?.())
}

// The lock was not held for a moment: another runner may have done some of what is left, or failed in the middle of it.
async function stillDue(
  { format, target, onEvent }: RunContext,
  due: readonly CompiledStep[],
  files: readonly MigrationFile[],
): Promise<readonly CompiledStep[]> {
  onEvent({ type: 'warning', message: 'Another runner may have been at work meanwhile; the history was read again.' })
  const states = new Map(
    deriveStates(files, await target.look(), format.sortKeyOf).map((migration) => [migration.name, migration]),
  )
  const stillOpen = ({ step: { name, direction, resume } }: CompiledStep) => {
    const now = states.get(name)
    return now !== undefined && canResume(now, direction) && resume?.done === now.open?.done
  }
  const resumed = due.filter(stillOpen)
  const failed = [...states.values()]
    .filter(({ name, state }) => state === 'failed' && !resumed.some(({ step }) => step.name === name))
    .map(({ name }) => name)
  if (failed.length > 0) throw new GodwitError('GODWIT_UNFINISHED', { names: failed, midway: true })
  return due.filter((compiled) => {
    const { step } = compiled
    const state = states.get(step.name)?.state
    if (state === undefined) return false
    if (step.resume !== undefined) return resumed.includes(compiled)
    return step.direction === 'up' ? isWaiting(state) : state === 'applied' || state === 'edited'
  })
}

function asGodwitError(error: unknown, target: Target): GodwitError {
  const known = target.explain(error)
  if (isGodwitError(known)) return known
  const what = error instanceof Error ? error.message : String(error)
  return new GodwitError('GODWIT_BUG', { what }, { cause: error, left: 'unknown' })
}

// Behind the entry that says that it was undone.
function undoneOf(steps: readonly StepReport[], passed: readonly string[]): string[] {
  const done = new Set(steps.filter((step) => step.outcome !== 'failed').map((step) => step.name))
  return passed.filter((name) => done.has(name))
}

function refuseReplica(target: Target, plan: Plan): void {
  if (!target.server.readOnly) return
  throw new GodwitError('GODWIT_READ_ONLY', {
    database: target.server.database,
    names: plan.steps.map((step) => step.name),
  })
}

// What the journal knows of unfinished steps must not be missed (rule 11): a schema that exists is read, or nothing is run.
function refuseUnreadable(target: Target, look: Look): void {
  if (look.journal === 'denied') throw new GodwitError('GODWIT_JOURNAL_UNREADABLE', { user: target.server.user })
}

/**
 * Takes the lock; a signal while it waits ends the run as a signal.
 *
 * @returns whether it had to be waited for
 */
export async function takeLock(context: RunContext): Promise<boolean> {
  const { onWait, ...options } = lockOptions(context)
  let waited = false
  const telling = (holder: string, waitedMs: number) => {
    waited = true
    onWait(holder, waitedMs)
  }
  await waitable(context, () => context.target.lock({ ...options, onWait: telling }))
  return waited
}

function lockOptions(context: RunContext): LockOptions {
  const { waitMs, signal, onEvent, identity } = context
  return {
    identity,
    waitMs,
    signal,
    onWait: (holder, waitedMs) =>
      onEvent({ type: 'waiting', holder, waitedMs, givingUpInMs: Math.max(waitMs - waitedMs, 0) }),
  }
}

// Rows without our hash were applied before the adoption: what their files hold now becomes the base (rule 24).
function adoptable({ files, look }: Survey): MigrationFile[] {
  const unknown = new Set(
    look.rows.filter((row) => row.hash === null && row.outcome === 'applied').map((row) => row.name),
  )
  return files.filter((file) => unknown.has(file.name))
}

/** Names that wait to be applied. */
export function waitingIn({ states }: Pick<Survey, 'states'>): string[] {
  return states.filter((m) => isWaiting(m.state)).map((m) => m.name)
}

function remainingAfter(current: Survey, direction: Direction, done: ReadonlySet<string>): string[] {
  const waiting = new Set(waitingIn(current))
  return current.states
    .filter(({ name }) =>
      waiting.has(name) ? !(direction === 'up' && done.has(name)) : direction === 'down' && done.has(name),
    )
    .map(({ name }) => name)
}
