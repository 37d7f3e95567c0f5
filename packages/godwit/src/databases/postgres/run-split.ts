import { GodwitError } from '../../errors.js'
import type { LoadedStep, StepOptions, StepOutcome } from '../contract.js'
import type { CompiledScript } from './compile.js'
import { MessageFailure } from './message.js'
import { OpenStepRow } from './open-step.js'
import { compose, locate, type Part } from './parts.js'
import { runAsOne } from './run-one.js'
import { statementFailed } from './statement-failure.js'
import { ending, recording } from './tail.js'
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
  options: StepOptions,
): Promise<StepOutcome> {
  try {
    return await runAsOne(session, step, compiled, options, { triedAgainOn: UNSAFE_NEW_ENUM_VALUE })
  } catch (error) {
    if (!(error instanceof GodwitError) || error.details.server?.code !== UNSAFE_NEW_ENUM_VALUE) throw error
  }
  return runSplit(session, step, compiled, options)
}

async function runSplit(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  options: StepOptions,
): Promise<StepOutcome> {
  const started = performance.now()
  const { statements } = compiled
  const row = await OpenStepRow.write(session, step, { mode: 'split', statements: statements.map((s) => s.mark) })
  const ends = [...compiled.facts.splitAfter.map((index) => index + 1), statements.length]
  let from = 0
  for (const to of ends) {
    const end = row.end(compiled.facts.leavesSession)
    const last = to === statements.length
    const parts: Part[] = [
      { text: 'BEGIN' },
      ...statements.slice(from, to).map((statement) => ({ text: statement.text, statement })),
      ...(last ? [...recording(session, step, end), ...ending(session, end)] : [{ text: 'COMMIT' }]),
    ]
    options.onEvent({
      type: 'statement',
      index: from,
      total: statements.length,
      tag: statements[from]?.class.tag ?? '',
    })
    try {
      await session.connection.send(compose(parts))
    } catch (error) {
      if (!(error instanceof MessageFailure) || session.connection.lost !== undefined) throw error
      await session.connection.send('ROLLBACK')
      await row.failed(error.message, row.done === 0)
      throw await statementFailed(
        step,
        compiled.script,
        error,
        locate(parts, error),
        row.done === 0 ? 'undone' : 'kept',
        row.done,
      )
    }
    if (!last) await row.reached(to)
    from = to
  }
  return { statements: statements.length, durationMs: performance.now() - started }
}
