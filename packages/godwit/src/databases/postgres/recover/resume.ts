import { GodwitError } from '../../../errors.js'
import { maskSecrets } from '../../../sql/mask.js'
import type { LoadedStep, StepOptions } from '../../contract.js'
import { wayOut } from '../../left.js'
import type { CompiledScript, CompiledStatement } from '../compile.js'
import { MessageFailure } from '../message.js'
import { locate } from '../parts.js'
import { statementFailed } from '../statement-failure.js'
import type { WorkingSession } from '../working-session.js'
import { lookUp } from './in-flight.js'
import { settingsToReplay } from './replay.js'

/**
 * Makes ready to go on with a script: its session has the settings again that it had made, and the statement that was
 * under way is looked up (invariants 16 and 17).
 *
 * @returns how many statements are done
 * @throws GodwitError GODWIT_IN_DOUBT, GODWIT_STATEMENT_FAILED, GODWIT_LOCKED; MessageFailure when the connection was lost
 */
export async function resumeFrom(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  options: StepOptions,
): Promise<number> {
  const { resume } = step
  if (resume === undefined) return 0
  const { done } = resume
  const { settings, next } = await readDone(compiled, done)
  for (const setting of settings) await replay(session, step, compiled, setting, done)
  if (next === undefined) return done
  const of = compiled.facts.statements
  options.onEvent({ type: 'recovery', message: `goes on at statement ${done + 1} of ${of}` })
  const mark = resume.checkpoint?.statements[done]
  // What was noted of it did not fit into the list.
  if (mark === undefined && ['CALL', 'DO'].includes(next.class.tag))
    throw inDoubt(step, compiled, next, done, 'it may have committed by itself')
  const apart = mark === undefined ? next.class.transaction === 'never' : mark.apart === true
  if (!apart) return done
  const verdict = await lookUp(session, next, options)
  if (verdict.is === 'unclear') throw inDoubt(step, compiled, next, done, verdict.why)
  if (verdict.is === 'again') return done
  options.onEvent({ type: 'recovery', message: `statement ${done + 1} was done` })
  return done + 1
}

// A large script is not held in memory.
async function readDone(
  { items }: CompiledScript,
  done: number,
): Promise<{ settings: CompiledStatement[]; next?: CompiledStatement }> {
  const before: CompiledStatement[] = []
  for await (const item of items()) {
    if (item.kind !== 'statement') continue
    const { statement, index } = item
    if (index >= done) return { settings: settingsToReplay(before), next: statement }
    const { control, sessionSettings, tag } = statement.class
    if (control !== undefined || sessionSettings || tag.startsWith('DISCARD')) before.push(statement)
  }
  return { settings: settingsToReplay(before) }
}

async function replay(
  session: WorkingSession,
  step: LoadedStep,
  { script }: CompiledScript,
  statement: CompiledStatement,
  done: number,
): Promise<void> {
  try {
    await session.connection.send(statement.text)
  } catch (error) {
    if (!(error instanceof MessageFailure) || session.connection.lost !== undefined) throw error
    const place = locate([{ text: statement.text, statement }], error)
    throw await statementFailed(step, script, error, place, 'resumable', done)
  }
}

function inDoubt(
  step: LoadedStep,
  { script }: CompiledScript,
  { text, line, column, class: { tag } }: CompiledStatement,
  done: number,
  why: string,
): GodwitError {
  return new GodwitError(
    'GODWIT_IN_DOUBT',
    { name: step.name, statement: done + 1, tag, why },
    {
      file: script.file,
      ...(script.generated ? {} : { line, column }),
      statement: maskSecrets(text),
      left: 'part',
      hint: wayOut(step, 'kept'),
    },
  )
}
