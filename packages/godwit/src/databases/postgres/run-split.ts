import { isGodwitError } from '../../errors.js'
import type { LoadedStep, StepOutcome } from '../contract.js'
import type { CompiledScript } from './compile.js'
import { checkLockHeld } from './lock/session-lock.js'
import { needsDirect } from './needs-direct.js'
import { OpenStepRow } from './open-step.js'
import { opening } from './opening.js'
import type { Part } from './parts.js'
import { blocksResume } from './recover/check.js'
import { resumeFrom } from './recover/resume.js'
import { runAsOne } from './run-one.js'
import { PlacedFailure, Sender } from './sender.js'
import { statementFailed } from './statement-failure.js'
import { ending, recording } from './tail.js'
import { type AttemptOptions, noteUnlessTriedAgain } from './waiting/attempt.js'
import type { WorkingSession } from './working-session.js'

const UNSAFE_NEW_ENUM_VALUE = '55P04'

/**
 * Runs a script that adds an enum value: as one transaction first, and, when the server says that the new value cannot
 * be used before it is committed, again with a commit behind each ADD VALUE (rule 16). The first try rolled back cleanly.
 */
export async function runOneElseSplit(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  options: AttemptOptions,
): Promise<StepOutcome> {
  if (options.carried?.open !== undefined) return runSplit(session, step, compiled, options)
  try {
    const triedAgain: AttemptOptions['triedAgain'] = (failed, ...rest) =>
      needsSplit(failed) || (options.triedAgain?.(failed, ...rest) ?? false)
    return await runAsOne(session, step, compiled, { ...options, triedAgain })
  } catch (error) {
    if (!needsSplit(error)) throw error
  }
  return runSplit(session, step, compiled, options)
}

function needsSplit(error: unknown): boolean {
  return isGodwitError(error) && error.details.server?.code === UNSAFE_NEW_ENUM_VALUE
}

/** Runs a script with a commit behind each ADD VALUE, from where it stopped when it is gone on with. */
export async function runSplit(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  options: AttemptOptions,
): Promise<StepOutcome> {
  // What is set for the session is committed with the first part, and stays in a session that others have next.
  if (session.pooled && compiled.facts.leavesSession)
    throw needsDirect(step, 'uses an enum value that it adds, and leaves something in its session')
  const started = performance.now()
  const { open } = options.carried ?? {}
  const row = open?.row ?? (await OpenStepRow.write(session, step, compiled, { mode: 'split' }))
  const from = open?.from ?? (await resumeFrom(session, step, compiled, options))
  const splits = new Set(compiled.facts.splitAfter)
  const sender = new Sender(session)
  const end = row.end(compiled.facts.leavesSession)
  const reopen = async (done: number) => sender.add(...opening(session), ...(await transactionSettings(compiled, done)))
  const begins = open?.row.done ?? from
  try {
    await reopen(begins)
    const behind = async (index: number) => {
      if (!splits.has(index)) return
      await sender.add(...row.note(index + 1), { text: 'COMMIT' })
      await sender.flush()
      row.done = index + 1
      await reopen(index + 1)
    }
    await sender.script(compiled, options, behind, begins)
    await sender.add(...recording(session, step, end), ...ending(session, end))
    const { lastRow } = await sender.flush()
    const stale = end.dirty && (await checkLockHeld(session, lastRow))
    return { statements: end.count - from, durationMs: performance.now() - started, stale }
  } catch (error) {
    if (!(error instanceof PlacedFailure)) throw error
    await session.connection.send('ROLLBACK')
    const left = row.done === 0 ? 'undone' : blocksResume(compiled, row.done) === undefined ? 'resumable' : 'kept'
    const told = await statementFailed(step, compiled.script, error.failure, error.place, left, row.done)
    if (told.code === 'GODWIT_LEASE_LOST') throw told
    if (options.carried !== undefined) options.carried.open = { row, from }
    const note = () => row.failed(told.message, left === 'undone' ? 'nothing' : 'done')
    await noteUnlessTriedAgain(options, told, note, left !== 'kept')
    throw told
  }
}

/** What the statements that are done have set for the one transaction that was split: it holds in each part of it. */
async function transactionSettings({ items }: CompiledScript, done: number): Promise<Part[]> {
  const parts: Part[] = []
  for await (const item of items()) {
    if (item.kind !== 'statement') continue
    if (item.index >= done) break
    const { statement } = item
    const { tag, sessionSettings } = statement.class
    if (sessionSettings || tag === 'SET' || tag === 'SET CONSTRAINTS') parts.push({ text: statement.text, statement })
  }
  return parts
}
