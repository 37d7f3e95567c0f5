import { GodwitError } from '../../errors.js'
import type { Body } from '../../formats/contract.js'
import type { LoadedStep, StepOutcome } from '../contract.js'
import { OUT_OF_GRACE, untilStopped } from '../grace.js'
import { afterwards, messageOf } from '../left.js'
import { functionFailed } from './function-failure.js'
import { checkLockHeld } from './lock/session-lock.js'
import { MessageFailure } from './message.js'
import { LostBehindCommit, noteFailure, SWALLOWED } from './note-failure.js'
import { OpenStepRow } from './open-step.js'
import { begin, opening } from './opening.js'
import { noteOwnCommit } from './own-commit.js'
import type { Part } from './parts.js'
import { shutOut } from './statement-failure.js'
import { ending, recording, type StepEnd, sendEnding } from './tail.js'
import { type AttemptOptions, noteUnlessTriedAgain } from './waiting/attempt.js'
import { type StatementWatch, watchStatements } from './watch-statements.js'
import { watchTransaction } from './watch-transaction.js'
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

async function inTransaction(
  session: WorkingSession,
  step: LoadedStep,
  body: FunctionBody,
  options: AttemptOptions,
): Promise<StepOutcome> {
  const started = performance.now()
  const { connection } = session
  await begin(session, step)
  let noted: Promise<string | undefined> | undefined
  const watch = watchTransaction(session.client, () => {
    noted = noteOwnCommit(session, step)
  })
  const statements = watchStatements(session.client)
  try {
    await callFunction(session, body, options, statements)
  } catch (error) {
    statements.stop()
    await connection.settled()
    if (connection.lost !== undefined) throw watch.ended() ? new LostBehindCommit(error) : error
    const left = watch.ended() ? 'part' : 'nothing'
    watch.stop()
    await connection.send('ROLLBACK')
    const failed = functionFailed(step, error, left)
    await noteUnlessTriedAgain(options, failed, () => noteFailure(session, step, left, messageOf(error)))
    throw failed
  }
  await connection.settled()
  const mine = !watch.ended()
  watch.stop()
  statements.stop()
  if (connection.transactionStatus === 'E') return await endedInFailure(session, step, mine)
  const dirty = !mine || (await statements.leavesSession())
  const unasked = !mine && connection.transactionStatus === 'T'
  const openId = await noted
  const end: StepEnd = {
    mode: mine ? 'one' : 'own',
    statements: [],
    count: statements.sent(),
    dirty,
    unasked,
    ...(openId === undefined ? {} : { openId }),
  }
  return await record(session, step, end, started, options)
}

// Stopped behind its grace it can send nothing more. One that swallows that, or that its statement was cancelled, is not done.
async function callFunction(
  { client }: WorkingSession,
  body: FunctionBody,
  { signal }: Pick<AttemptOptions, 'signal'>,
  { refuse, cutShort }: StatementWatch,
): Promise<void> {
  signal?.addEventListener('abort', refuse, { once: true })
  try {
    await untilStopped(signal, () => body.run(client))
  } finally {
    signal?.removeEventListener('abort', refuse)
  }
  if (cutShort()) throw new Error(OUT_OF_GRACE)
}

async function record(
  session: WorkingSession,
  step: LoadedStep,
  end: StepEnd,
  started: number,
  options: AttemptOptions,
): Promise<StepOutcome> {
  const { connection } = session
  const mine = end.mode === 'one'
  const begun = connection.transactionStatus === 'I' ? opening(session) : []
  const records = recording(session, step, end).flatMap((part) =>
    part.journal ? [{ text: 'SAVEPOINT godwit_journal' }, part] : [part],
  )
  const parts: Part[] = [...begun, ...records, ...ending(session, end)]
  // Behind a step that may have left its mark, the session is looked at first.
  const ahead = options.next?.inTransaction === true && !end.dirty ? opening(session) : []
  try {
    const { lastRow } = await sendEnding(session, [...parts, ...ahead])
    if (ahead.length > 0) connection.begunAhead()
    return await recorded(session, end, lastRow, started)
  } catch (error) {
    if (connection.lost !== undefined) throw mine ? error : new LostBehindCommit(error)
    if (!(error instanceof MessageFailure)) throw error
    const part = parts[error.completed]
    if (part === undefined) {
      // It is the opening that failed: the next step makes it again, and says why.
      await connection.send('ROLLBACK')
      return recorded(session, end, [], started)
    }
    if (part?.journal) return await withoutJournal(session, end, error, started)
    await connection.send('ROLLBACK')
    const left = mine ? 'nothing' : 'part'
    const shut = shutOut(step, part, mine ? 'undone' : 'kept', error)
    // What is noted of the step is another runner's by now.
    if (shut !== undefined && !part?.lock) throw shut
    const failed = shut ?? functionFailed(step, error.cause, left)
    await noteUnlessTriedAgain(options, failed, () => noteFailure(session, step, left, error.message))
    throw failed
  }
}

// A function that swallowed an error left its transaction failed: nothing of it can be committed.
async function endedInFailure(session: WorkingSession, step: LoadedStep, mine: boolean): Promise<never> {
  await session.connection.send('ROLLBACK')
  const left = mine ? 'nothing' : 'part'
  const error = new Error(SWALLOWED)
  await noteFailure(session, step, left, error.message)
  throw functionFailed(step, error, left)
}

// What the function did and its history row are still there, behind the savepoint (rule 32).
async function withoutJournal(
  session: WorkingSession,
  end: StepEnd,
  failure: MessageFailure,
  started: number,
): Promise<StepOutcome> {
  session.journaled = false
  session.options.warn(`The journal cannot be written (${failure.message}); this run goes on without it.`)
  await session.connection.send('ROLLBACK TO SAVEPOINT godwit_journal')
  const { lastRow } = await sendEnding(session, ending(session, end))
  return recorded(session, end, lastRow, started)
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
  const statements = watchStatements(session.client)
  try {
    await callFunction(session, body, { signal }, statements)
    await connection.settled()
    statements.stop()
    // What it did in there was never committed: it must not count as done.
    if (connection.transactionStatus !== 'I')
      throw new GodwitError(
        'GODWIT_TRANSACTION_LEFT_OPEN',
        { name: step.name, done: 0 },
        { file: step.file.file, ...afterwards(step, 'kept') },
      )
    const end = { ...row.end(true), count: statements.sent() }
    const parts = [...opening(session), ...recording(session, step, end), ...ending(session, end)]
    const { lastRow } = await sendEnding(session, parts)
    return await recorded(session, end, lastRow, started)
  } catch (error) {
    statements.stop()
    if (connection.lost !== undefined) throw error
    await connection.send('ROLLBACK')
    await row.failed(messageOf(error), 'part')
    throw functionFailed(step, error instanceof MessageFailure ? error.cause : error, 'part')
  }
}
