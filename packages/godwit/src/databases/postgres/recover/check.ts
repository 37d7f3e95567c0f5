import type { OpenStep } from '../../../engine/migration.js'
import { type ErrorDetails, GodwitError } from '../../../errors.js'
import type { LoadedStep } from '../../contract.js'
import type { CompiledScript, CompiledStatement } from '../compile.js'

/**
 * Wants a script to be one that can go on where it stopped (invariant 16). Pure.
 *
 * @throws GodwitError GODWIT_RESUME_EDITED, GODWIT_RESUME_SESSION
 */
export function checkResumable(step: LoadedStep, open: OpenStep, compiled: CompiledScript): void {
  const { name, direction } = step
  const edited = editedStatement(step, open, compiled)
  if (edited !== undefined)
    throw new GodwitError('GODWIT_RESUME_EDITED', { name, direction, statement: edited + 1 }, placeOf(compiled, edited))
  const blocking = blocksResume(compiled, open.done)
  if (blocking !== undefined)
    throw new GodwitError('GODWIT_RESUME_SESSION', { name, direction, ...blocking }, placeOf(compiled, blocking.index))
}

/** The first statement of those that are done which left what another session cannot have (rule 13). */
export function blocksResume(
  { statements, facts }: CompiledScript,
  done: number,
): { index: number; tag: string } | undefined {
  const index = statements.findIndex((statement, i) => i < done && statement.class.blocksResume)
  if (index !== -1) return { index, tag: statements[index]?.class.tag ?? '' }
  const back = rolledBackAmongSeveral(statements.slice(0, done))
  if (back !== -1) return { index: back, tag: 'ROLLBACK TO SAVEPOINT' }
  // Of a large script only the first statements are at hand.
  return facts.blocksResume && done > statements.length ? { index: statements.length, tag: '' } : undefined
}

// Which of several savepoints it goes back to, and with it which settings hold, is not known.
function rolledBackAmongSeveral(statements: readonly CompiledStatement[]): number {
  let savepoints = 0
  let settings = false
  return statements.findIndex(({ class: { control, sessionSettings } }) => {
    if (control === 'savepoint') savepoints++
    settings ||= sessionSettings === true
    return control === 'rollback-to' && savepoints > 1 && settings
  })
}

function editedStatement(
  { direction, file }: LoadedStep,
  { done, checkpoint }: OpenStep,
  { statements, script }: CompiledScript,
): number | undefined {
  // The hash of a file is that of its way up; a function may compose something else each time.
  if (direction === 'up' && !script.generated && checkpoint?.hash === file.hash) return undefined
  const marks = checkpoint?.statements ?? []
  for (let i = 0; i < done; i++) if (marks[i] === undefined || marks[i]?.hash !== statements[i]?.mark.hash) return i
  const next = marks[done]
  return next?.apart && next.hash !== statements[done]?.mark.hash ? done : undefined
}

function placeOf({ statements, script }: CompiledScript, index: number): ErrorDetails {
  const statement = statements[index]
  const place = statement === undefined || script.generated ? {} : { line: statement.line, column: statement.column }
  return { file: script.file, left: 'part', ...place }
}
