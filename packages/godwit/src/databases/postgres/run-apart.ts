import { GodwitError } from '../../errors.js'
import type { LoadedStep, StepOptions, StepOutcome } from '../contract.js'
import type { CompiledScript, CompiledStatement } from './compile.js'
import { copyIn } from './copy.js'
import { checkLockHeld } from './lock.js'
import { MessageFailure } from './message.js'
import { OpenStepRow } from './open-step.js'
import { compose, locate, type Part } from './parts.js'
import { statementFailed } from './statement-failure.js'
import { ending, recording } from './tail.js'
import type { WorkingSession } from './working-session.js'

/**
 * Runs a script that cannot be one transaction: its statements one at a time, the journal noting after each how far it
 * came. With a transaction of the script's own the records go into its last one, before its COMMIT.
 *
 * @throws GodwitError GODWIT_STATEMENT_FAILED with what stays; MessageFailure when the connection was lost
 */
export async function runApart(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  options: StepOptions,
): Promise<StepOutcome> {
  const started = performance.now()
  const total = compiled.facts.statements
  const marks = compiled.statements.map((statement) => statement.mark)
  const row = await OpenStepRow.write(session, step, { mode: compiled.mode, statements: marks })
  const items = compiled.items()[Symbol.asyncIterator]()
  let recorded = false
  for (let next = await items.next(); !next.done; next = await items.next()) {
    if (next.value.kind !== 'statement') continue
    const { statement, index } = next.value
    options.onEvent({ type: 'statement', index, total, tag: statement.class.tag })
    const last =
      index === total - 1 && statement.class.control === 'commit' && session.connection.transactionStatus === 'T'
    const before = last ? recording(session, step, row.end(compiled.facts.leavesSession)) : []
    try {
      if (statement.copyFromStdin) await copyIn(session.connection, statement.text, items)
      else await send(session, [...before, { text: statement.text, statement }])
    } catch (error) {
      throw await failed(session, step, compiled, row, { statement, index, before }, error)
    }
    recorded ||= last
    if (session.connection.transactionStatus === 'I' && !recorded) await row.reached(index + 1)
  }
  if (session.connection.transactionStatus !== 'I') await leftOpen(session, step, compiled, row)
  const end = row.end(true)
  const parts = recorded ? [] : [{ text: 'BEGIN' }, ...recording(session, step, end)]
  const { lastRow } = await session.connection.send(
    compose([...parts, ...ending(session, end).slice(recorded ? 1 : 0)]),
  )
  await checkLockHeld(session, lastRow)
  return { statements: total, durationMs: performance.now() - started }
}

function send(session: WorkingSession, parts: Part[]): Promise<unknown> {
  return session.connection.send(compose(parts))
}

async function failed(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  row: OpenStepRow,
  at: { statement: CompiledStatement; index: number; before: Part[] },
  error: unknown,
): Promise<unknown> {
  if (session.connection.lost !== undefined) return error
  const failure = error instanceof MessageFailure ? error : new MessageFailure(error as Error, at.before.length)
  await session.connection.send('ROLLBACK')
  const clean = row.done === 0 && !(await leftARest(session, at.statement))
  await row.failed(failure.message, clean)
  const place = locate([...at.before, { text: at.statement.text, statement: at.statement }], failure)
  return statementFailed(step, compiled.script, failure, place, clean ? 'undone' : 'kept', row.done)
}

/** A concurrent build that fails leaves an INVALID index, a concurrent detach a partition that is half detached. */
async function leftARest(session: WorkingSession, { class: { tag } }: CompiledStatement): Promise<boolean> {
  if (!['CREATE INDEX', 'REINDEX', 'DROP INDEX', 'ALTER TABLE'].includes(tag)) return false
  const { lastRow } = await session.connection.send(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_index WHERE NOT indisvalid)
       OR EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhdetachpending)`,
  )
  return lastRow[0] === 't'
}

async function leftOpen(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  row: OpenStepRow,
): Promise<never> {
  await session.connection.send('ROLLBACK')
  const clean = row.done === 0
  await row.failed('the script ends inside a transaction that it began', clean)
  throw new GodwitError(
    'GODWIT_TRANSACTION_LEFT_OPEN',
    { name: step.name, done: row.done },
    { file: compiled.script.file, left: clean ? 'nothing' : 'part' },
  )
}
