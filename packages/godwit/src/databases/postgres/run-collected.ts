import type { OpenStep } from '../../engine/migration.js'
import { GodwitError, isGodwitError } from '../../errors.js'
import type { Body, Collected, Queryable } from '../../formats/contract.js'
import type { LoadedStep, StepOutcome } from '../contract.js'
import { OUT_OF_GRACE, untilStopped } from '../grace.js'
import { messageOf } from '../left.js'
import { calledFrom, placesOfCalls } from './call-frame.js'
import { type CompiledScript, compileScript } from './compile.js'
import { functionFailed, keptNonetheless } from './function-failure.js'
import { checkLockHeld } from './lock/session-lock.js'
import { MessageFailure } from './message.js'
import { needsDirect, whyDirect } from './needs-direct.js'
import { LostBehindCommit, noteFailure, ROLLED_BACK, SWALLOWED } from './note-failure.js'
import { bareOpening, begin } from './opening.js'
import { OwnTransaction } from './own-transaction.js'
import { type Part, SEPARATOR } from './parts.js'
import { checkResumable } from './recover/check.js'
import { runnerOf } from './recover/runner.js'
import { runApart } from './run-apart.js'
import { runAsOne } from './run-one.js'
import { runOneElseSplit } from './run-split.js'
import { shutOut } from './statement-failure.js'
import { ending, recording, type StepEnd, sendEnding } from './tail.js'
import { type AttemptOptions, noteUnlessTriedAgain } from './waiting/attempt.js'
import type { WorkingSession } from './working-session.js'

type CollectedBody = Extract<Body, { kind: 'collected' }>

/** What a function collected without using the database: that it need not be called again for. */
export interface KnownStatements {
  compiled?: CompiledScript
}

/**
 * Lets a function collect its statements inside an open transaction (opened when the function first uses the
 * database), then runs them as a script.
 *
 * @param known filled here; what is in it is run without calling the function
 */
export async function runCollected(
  session: WorkingSession,
  step: LoadedStep,
  body: CollectedBody,
  options: AttemptOptions,
  known: KnownStatements,
): Promise<StepOutcome> {
  if (known.compiled !== undefined) return runCompiled(session, step, known.compiled, options, undefined)
  const { connection } = session
  let used: Promise<OwnTransaction> | undefined
  const db: Queryable = {
    query: async (text, values) => {
      if (options.signal?.aborted) throw new Error(OUT_OF_GRACE)
      used ??= begin(session, step).then(() => new OwnTransaction(session, step))
      const own = await used
      const refused = own.before(text)
      if (refused !== undefined) throw refused
      return session.client.query(text as string, values)
    },
  }
  let collecting = true
  try {
    const compiled = await compileCollected(step, await untilStopped(options.signal, () => body.collect(db)))
    await connection.settled()
    if (connection.lost !== undefined) throw connection.lost
    if (options.signal?.aborted) throw new Error(OUT_OF_GRACE)
    const own = await used
    own?.stop()
    if (own?.refusal !== undefined) throw own.refusal
    if (step.resume !== undefined) resumableAgain(step, step.resume, compiled, own)
    if (own === undefined && compiled !== undefined) known.compiled = compiled
    collecting = false
    return await runCompiled(session, step, compiled, options, own)
  } catch (thrown) {
    await connection.settled()
    const own = await used?.catch(() => undefined)
    own?.stop()
    const error = own?.refusal ?? thrown
    if (connection.lost !== undefined) throw own?.committed ? new LostBehindCommit(error) : error
    if (own !== undefined && connection.transactionStatus !== 'I') await connection.send('ROLLBACK')
    const left = own?.committed ? 'part' : 'nothing'
    const failed =
      left === 'part' ? keptNonetheless(step, functionFailed(step, error, left)) : functionFailed(step, error, left)
    // A GodwitError was noted where it was thrown, but for what is wrong with the statements that were collected.
    if (failed !== error || (collecting && left === 'part'))
      await noteUnlessTriedAgain(options, failed, () => noteFailure(session, step, left, messageOf(error)))
    throw failed
  }
}

// It was begun by running statements only, and the first of them must be the same ones again.
function resumableAgain(
  step: LoadedStep,
  open: OpenStep,
  compiled: CompiledScript | undefined,
  used: OwnTransaction | undefined,
): void {
  if (compiled === undefined || used !== undefined)
    throw new GodwitError('GODWIT_RESUME_EDITED', { name: step.name, direction: step.direction, statement: 1 })
  checkResumable(step, open, compiled)
}

async function runCompiled(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript | undefined,
  options: AttemptOptions,
  used: OwnTransaction | undefined,
): Promise<StepOutcome> {
  const { connection } = session
  const begun = used !== undefined && connection.transactionStatus !== 'I'
  if (connection.transactionStatus === 'E') throw new Error(SWALLOWED)
  if (used?.rolledBack && !begun) throw new Error(ROLLED_BACK)
  if (compiled === undefined) return nothingCollected(session, step, begun, used)
  if (step.resume !== undefined) return runnerOf(step.resume, compiled)(session, step, compiled, options)
  if (compiled.mode === 'one' && !used?.ended)
    return runAsOne(session, step, compiled, options, { begun, unasked: used?.unasked === true })
  if (compiled.mode === 'one, else split' && used === undefined)
    return runOneElseSplit(session, step, compiled, options)
  // What is not one transaction needs the same session from its first statement to its last.
  if (session.pooled) throw needsDirect(step, whyDirect(compiled) ?? 'has used the database outside of one transaction')
  // The peer runs what comes before its own transaction outside of one: it is committed with the row that says so.
  return runApart(session, step, compiled, options, used !== undefined)
}

/** Compiles what a function collected; `undefined` when there is nothing in it. */
export async function compileCollected(step: LoadedStep, collected: Collected): Promise<CompiledScript | undefined> {
  const texts = collected.statements.map((statement) => statement.replace(/;\s*$/, ''))
  const text = texts.join(SEPARATOR)
  if (text.trim() === '') return undefined
  async function* read(): AsyncGenerator<string> {
    yield text
  }
  const calledAt = placesOfCalls(step, texts, collected.calls ?? [])
  const script = { file: step.file.file, bytes: text.length, read, generated: true, calledAt }
  try {
    return await compileScript(script, step.name, collected.transaction ? undefined : 'none')
  } catch (error) {
    throw isGodwitError(error) ? calledFrom(error, calledAt) : error
  }
}

async function nothingCollected(
  session: WorkingSession,
  step: LoadedStep,
  begun: boolean,
  used: OwnTransaction | undefined,
): Promise<StepOutcome> {
  const dirty = used !== undefined
  const own = used?.ended === true
  const kept = used?.committed === true
  const openId = await used?.openId
  const end: StepEnd = {
    mode: own ? 'own' : 'one',
    statements: [],
    count: 0,
    dirty,
    unasked: !begun || used?.unasked === true,
    ...(openId === undefined ? {} : { openId }),
  }
  const parts: Part[] = [
    ...(begun ? [] : bareOpening(session)),
    ...recording(session, step, end),
    ...ending(session, end),
  ]
  try {
    const { lastRow } = await sendEnding(session, parts)
    return { statements: 0, durationMs: 0, stale: dirty && (await checkLockHeld(session, lastRow)) }
  } catch (error) {
    if (!(error instanceof MessageFailure) || session.connection.lost !== undefined) throw error
    const shut = shutOut(step, parts[error.completed], kept ? 'kept' : 'undone', error)
    if (shut === undefined) throw error
    await session.connection.send('ROLLBACK')
    if (kept && parts[error.completed]?.lock) await noteFailure(session, step, 'part', shut.message)
    throw shut
  }
}
