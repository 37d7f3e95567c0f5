import { GodwitError } from '../../errors.js'
import type { Body } from '../../formats/contract.js'
import type { LoadedStep, StepOutcome } from '../contract.js'
import { OUT_OF_GRACE, untilStopped } from '../grace.js'
import { afterwards, messageOf } from '../left.js'
import { functionFailed } from './function-failure.js'
import { ReadyRecords, recordsAnew, recordsOf } from './function-records.js'
import { checkLockHeld } from './lock/session-lock.js'
import { MessageFailure } from './message.js'
import { LostBehindCommit, noteFailure, ROLLED_BACK, SWALLOWED } from './note-failure.js'
import { OpenStepRow } from './open-step.js'
import { bareOpening, begin } from './opening.js'
import { OwnTransaction } from './own-transaction.js'
import { locate, type Part } from './parts.js'
import { isUnprepared } from './prepared.js'
import { thrownBy } from './ready-queries.js'
import type { SentStep } from './ready-step.js'
import { shutOut } from './statement-failure.js'
import { ending, goesOnWithout, recording, type StepEnd, sendEnding } from './tail.js'
import { type AttemptOptions, noteUnlessTriedAgain } from './waiting/attempt.js'
import { type StatementWatch, watchStatements } from './watch-statements.js'
import type { WorkingSession } from './working-session.js'

type FunctionBody = Extract<Body, { kind: 'function' }>

/**
 * Runs a function on the working session, in a transaction with its history row, or without one. A function that
 * committed by itself is seen doing so, and is recorded behind its own commit (rule 14).
 */
export async function runFunction(
  session: WorkingSession,
  step: LoadedStep,
  body: FunctionBody,
  options: AttemptOptions,
): Promise<StepOutcome> {
  return body.transaction
    ? inTransaction(session, step, body, options)
    : withoutTransaction(session, step, body, options)
}

/**
 * Waits for a function's queries that were sent without calling it, in one transaction with its history row. One that fails is as if
 * the function had been called.
 *
 * @param usual runs it by calling it, where the message failed for a reason that goes without saying
 */
export async function runKnownQueries(
  session: WorkingSession,
  step: LoadedStep,
  body: FunctionBody,
  options: AttemptOptions,
  { end, parts, answer, started }: SentStep,
  usual: () => Promise<StepOutcome>,
): Promise<StepOutcome> {
  const { connection } = session
  try {
    const { lastRow } = await sendEnding(session, parts, answer)
    return await recorded(session, end, lastRow, started)
  } catch (error) {
    if (!(error instanceof MessageFailure) || connection.lost !== undefined) throw error
    const { part, index } = locate(parts, error)
    // Nothing was run yet where the server could not read it all; and what the journal refuses is left out.
    if (part === undefined || error.completed === 0 || goesOnWithout(session, part, error)) {
      await connection.send('ROLLBACK')
      return usual()
    }
    const before = parts.slice(0, index).filter((each) => each.statement !== undefined).length
    if (part.statement === undefined) {
      if (before > 0) throw await refused(session, step, { part, error, committed: false }, options)
      await connection.send('ROLLBACK')
      throw shutOut(step, part, 'undone', error) ?? error
    }
    await connection.send('ROLLBACK')
    const thrown = await thrownBy(session, body, before, error)
    const failed = functionFailed(step, thrown, 'nothing')
    await noteUnlessTriedAgain(options, failed, () => noteFailure(session, step, 'nothing', messageOf(thrown)))
    throw failed
  }
}

async function inTransaction(
  session: WorkingSession,
  step: LoadedStep,
  body: FunctionBody,
  options: AttemptOptions,
): Promise<StepOutcome> {
  const started = performance.now()
  const { connection } = session
  await begin(session, step)
  const own = new OwnTransaction(session, step)
  const ready = new ReadyRecords(session, step, options.next)
  const statements = watchStatements(
    session.client,
    (query) => own.before(query),
    (sent) => ready.behindQuery(sent),
  )
  try {
    await callFunction(session, body, options, statements)
    await connection.settled()
    if (connection.lost !== undefined) throw connection.lost
    if (own.refusal !== undefined) throw own.refusal
  } catch (thrown) {
    statements.stop()
    await connection.settled()
    const error = own.refusal ?? thrown
    if (connection.lost !== undefined) throw own.committed ? new LostBehindCommit(error) : error
    const left = own.committed ? 'part' : 'nothing'
    own.stop()
    await connection.send('ROLLBACK')
    const failed = functionFailed(step, error, left)
    await noteUnlessTriedAgain(options, failed, () => noteFailure(session, step, left, messageOf(error)))
    throw failed
  }
  own.stop()
  statements.stop()
  if (connection.transactionStatus === 'E') return await endedInFailure(session, step, own, SWALLOWED)
  if (own.rolledBack && connection.transactionStatus === 'I')
    return await endedInFailure(session, step, own, ROLLED_BACK)
  const dirty = own.ended || (await statements.leavesSession())
  const openId = await own.openId
  const end: StepEnd = {
    mode: own.ended ? 'own' : 'one',
    statements: [],
    count: statements.sent(),
    dirty,
    unasked: own.unasked,
    ...(openId === undefined ? {} : { openId }),
  }
  return await record(session, step, end, own.committed, started, options, ready)
}

// Stopped behind its grace it can send nothing more. One that swallows that, or that its statement was cancelled, is not done.
async function callFunction(
  { client }: WorkingSession,
  body: FunctionBody,
  { signal }: Pick<AttemptOptions, 'signal'>,
  { refuse, cutShort }: StatementWatch,
): Promise<void> {
  await untilStopped(signal, () => body.run(client), refuse)
  if (cutShort()) throw new Error(OUT_OF_GRACE)
}

async function record(
  session: WorkingSession,
  step: LoadedStep,
  end: StepEnd,
  committed: boolean,
  started: number,
  options: AttemptOptions,
  ready: ReadyRecords,
): Promise<StepOutcome> {
  const { connection } = session
  const sent = ready.send(end)
  let records = sent?.records ?? recordsOf(session, step, end, options.next, connection.transactionStatus !== 'I')
  let answer = sent?.answer
  for (;;) {
    const { parts, ahead } = records
    try {
      const { lastRow } = await (answer ?? sendEnding(session, [...parts, ...ahead]))
      if (ahead.length > 0) connection.begunAhead()
      return await recorded(session, end, lastRow, started)
    } catch (error) {
      if (connection.lost !== undefined) throw committed ? new LostBehindCommit(error) : error
      if (!(error instanceof MessageFailure)) throw error
      const part = parts[error.completed]
      if (part === undefined) {
        // It is the opening that failed: the next step makes it again, and says why.
        if (isUnprepared(ahead[error.completed - parts.length], error.cause)) session.prepared = false
        await connection.send('ROLLBACK')
        return recorded(session, end, [], started)
      }
      if (!goesOnWithout(session, part, error)) throw await refused(session, step, { part, error, committed }, options)
      records = { parts: await recordsAnew(session, step, end), ahead: [] }
      answer = undefined
    }
  }
}

// The transaction cannot be committed: it is rolled back and noted.
async function refused(
  session: WorkingSession,
  step: LoadedStep,
  { part, error, committed }: { part: Part; error: MessageFailure; committed: boolean },
  options: AttemptOptions,
): Promise<GodwitError> {
  await session.connection.send('ROLLBACK')
  const left = committed ? 'part' : 'nothing'
  const shut = shutOut(step, part, committed ? 'kept' : 'undone', error)
  // What is noted of the step is another runner's by now.
  if (shut !== undefined && !part.lock) return shut
  const failed = shut ?? functionFailed(step, error.cause, left)
  await noteUnlessTriedAgain(options, failed, () => noteFailure(session, step, left, error.message))
  return failed
}

// What a function left of its transaction cannot be committed, though it says nothing of that.
async function endedInFailure(
  session: WorkingSession,
  step: LoadedStep,
  { committed }: OwnTransaction,
  why: string,
): Promise<never> {
  await session.connection.send('ROLLBACK')
  const left = committed ? 'part' : 'nothing'
  const error = new Error(why)
  await noteFailure(session, step, left, error.message)
  throw functionFailed(step, error, left)
}

async function recorded(
  session: WorkingSession,
  { dirty, count }: StepEnd,
  lastRow: readonly (string | null)[],
  started: number,
): Promise<StepOutcome> {
  const stale = dirty && (await checkLockHeld(session, lastRow))
  return { statements: count, durationMs: performance.now() - started, stale }
}

async function withoutTransaction(
  session: WorkingSession,
  step: LoadedStep,
  body: FunctionBody,
  { signal }: AttemptOptions,
): Promise<StepOutcome> {
  const started = performance.now()
  const { connection } = session
  const row = await OpenStepRow.write(session, step, 'none')
  const parts: Part[] = []
  const statements = watchStatements(session.client)
  try {
    await callFunction(session, body, { signal }, statements)
    await connection.settled()
    if (connection.lost !== undefined) throw connection.lost
    statements.stop()
    // What it did in there was never committed: it must not count as done.
    if (connection.transactionStatus !== 'I')
      throw new GodwitError(
        'GODWIT_TRANSACTION_LEFT_OPEN',
        { name: step.name, done: 0 },
        { file: step.file.file, ...afterwards(step, 'kept') },
      )
    const end = { ...row.end(true), count: statements.sent(), unasked: true }
    parts.push(...bareOpening(session), ...recording(session, step, end), ...ending(session, end))
    const { lastRow } = await sendEnding(session, parts)
    return await recorded(session, end, lastRow, started)
  } catch (error) {
    statements.stop()
    if (connection.lost !== undefined) throw error
    await connection.send('ROLLBACK')
    const shut = error instanceof MessageFailure ? shutOut(step, parts[error.completed], 'kept', error) : undefined
    // What is noted of the step is another runner's by now.
    if (shut?.code === 'GODWIT_LEASE_LOST') throw shut
    await row.failed(messageOf(shut ?? error), 'part')
    if (shut !== undefined) throw shut
    throw functionFailed(step, error instanceof MessageFailure ? error.cause : error, 'part')
  }
}
