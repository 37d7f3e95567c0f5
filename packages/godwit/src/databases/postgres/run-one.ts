import type { LoadedStep, StepOutcome } from '../contract.js'
import type { CompiledScript } from './compile.js'
import { checkLockHeld } from './lock/session-lock.js'
import type { MessageResult } from './message.js'
import { opening } from './opening.js'
import { answered, endOfOne, type SentStep, sendAtOnce } from './ready-step.js'
import { PlacedFailure, Sender } from './sender.js'
import { statementFailed } from './statement-failure.js'
import { ending, goesOnWithout, noteRolledBack, recording, type StepEnd } from './tail.js'
import { type AttemptOptions, noteUnlessTriedAgain } from './waiting/attempt.js'
import type { WorkingSession } from './working-session.js'

/**
 * Runs a script as one transaction with its history row inside: one message for a small script, batches within the
 * transaction for a large one (rule 25).
 *
 * @param how `begun`: the transaction is open already, and what a function sent in it is not known; `unasked`: nor was
 * the lease asked for in it; `sent`: its message is on its way
 * @throws GodwitError GODWIT_STATEMENT_FAILED after the rollback; MessageFailure when the connection was lost
 */
export async function runAsOne(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  options: AttemptOptions,
  how: { begun?: boolean; unasked?: boolean; sent?: SentStep } = {},
): Promise<StepOutcome> {
  const sent = how.sent ?? (how.begun ? undefined : sendAtOnce(session, step, compiled, options))
  const started = sent?.started ?? performance.now()
  const end = sent?.end ?? endOfOne(compiled)
  end.dirty ||= how.begun === true
  end.unasked = how.unasked === true
  let stale = false
  try {
    const { lastRow } = await (sent === undefined
      ? send(session, step, compiled, options, end, how.begun === true)
      : answered(session, sent, compiled, options))
    if (end.dirty) stale = await checkLockHeld(session, lastRow)
  } catch (error) {
    if (!(error instanceof PlacedFailure)) throw error
    await session.connection.send('ROLLBACK')
    // What a function has sent in an open transaction cannot be run again from here; nothing prepared is sent in there.
    if (!how.begun && goesOnWithout(session, error.place.part, error.failure))
      return runAsOne(session, step, compiled, options)
    const failed = await statementFailed(step, compiled.script, error.failure, error.place, 'undone')
    await noteUnlessTriedAgain(options, failed, () => noteRolledBack(session, step, end, failed.message))
    throw failed
  }
  return { statements: end.count, durationMs: performance.now() - started, stale }
}

async function send(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  options: AttemptOptions,
  end: StepEnd,
  begun: boolean,
): Promise<MessageResult> {
  const sender = new Sender(session, begun ? [] : opening(session))
  await sender.script(compiled, options)
  await sender.add(...recording(session, step, end), ...ending(session, end))
  return sender.flush()
}
