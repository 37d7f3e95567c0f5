import { GodwitError } from '../../errors.js'
import type { Body, Collected, Queryable } from '../../formats/contract.js'
import { maskSecrets } from '../../sql/mask.js'
import type { LoadedStep, StepOptions, StepOutcome } from '../contract.js'
import { type CompiledScript, compileScript } from './compile.js'
import { checkLockHeld, holdsLock } from './lock.js'
import { MessageFailure } from './message.js'
import { OpenStepRow } from './open-step.js'
import { compose, type Part, serverReport } from './parts.js'
import { runApart } from './run-apart.js'
import { runAsOne } from './run-one.js'
import { runOneElseSplit } from './run-split.js'
import { wayOut } from './statement-failure.js'
import { ending, noteRolledBack, recording } from './tail.js'
import type { WorkingSession } from './working-session.js'

type FunctionBody = Extract<Body, { kind: 'function' }>

/**
 * Runs a function on the working session, in a transaction with its history row, or without one. A function that
 * committed by itself shows in the transaction's id, and is recorded behind its own commit (rule 14).
 */
export async function runFunction(session: WorkingSession, step: LoadedStep, body: FunctionBody): Promise<StepOutcome> {
  return body.transaction ? inTransaction(session, step, body) : withoutTransaction(session, step, body)
}

async function inTransaction(session: WorkingSession, step: LoadedStep, body: FunctionBody): Promise<StepOutcome> {
  const started = performance.now()
  const { lastRow } = await session.connection.send('BEGIN;\nSELECT pg_catalog.pg_current_xact_id()')
  try {
    await body.run(session.client)
  } catch (error) {
    if (session.connection.lost !== undefined) throw error
    const left = (await sameTransaction(session, lastRow[0])) ? 'nothing' : 'part'
    await session.connection.send('ROLLBACK')
    if (left === 'part') await (await openRow(session, step, 'own'))?.failed(messageOf(error), false)
    else await noteRolledBack(session, step, { mode: 'one', statements: [] }, maskSecrets(messageOf(error)))
    throw functionFailed(step, error, left)
  }
  const mine = await sameTransaction(session, lastRow[0])
  const end = { mode: mine ? 'one' : 'own', statements: [], dirty: true }
  const begin = session.connection.transactionStatus === 'I' ? [{ text: 'BEGIN' }] : []
  const records = recording(session, step, end).flatMap((part) =>
    part.journal ? [{ text: 'SAVEPOINT godwit_journal' }, part] : [part],
  )
  const parts: Part[] = [...begin, ...records, ...ending(session, end)]
  try {
    const answer = await session.connection.send(compose(parts))
    await checkLockHeld(session, answer.lastRow)
  } catch (error) {
    if (!(error instanceof MessageFailure) || session.connection.lost !== undefined) throw error
    if (parts[error.completed]?.journal) return await withoutJournal(session, error, started)
    await session.connection.send('ROLLBACK')
    throw functionFailed(step, error.cause, mine ? 'nothing' : 'part')
  }
  return { statements: 0, durationMs: performance.now() - started }
}

// What the function did and its history row are still there, behind the savepoint (rule 32).
async function withoutJournal(session: WorkingSession, failure: MessageFailure, started: number): Promise<StepOutcome> {
  session.journaled = false
  session.options.warn(`The journal cannot be written (${failure.message}); this run goes on without it.`)
  await session.connection.send('ROLLBACK TO SAVEPOINT godwit_journal')
  const { lastRow } = await session.connection.send(compose(ending(session, { dirty: true })))
  await checkLockHeld(session, lastRow)
  return { statements: 0, durationMs: performance.now() - started }
}

async function withoutTransaction(session: WorkingSession, step: LoadedStep, body: FunctionBody): Promise<StepOutcome> {
  const started = performance.now()
  const row = await openRow(session, step, 'none')
  if (row === undefined)
    throw new GodwitError('GODWIT_JOURNAL_NEEDED', { name: step.name, schema: session.journal.schema })
  try {
    await body.run(session.client)
  } catch (error) {
    if (session.connection.lost !== undefined) throw error
    await session.connection.send('ROLLBACK')
    await row.failed(messageOf(error), false)
    throw functionFailed(step, error, 'part')
  }
  const end = row.end(true)
  const rollback = session.connection.transactionStatus === 'I' ? [] : [{ text: 'ROLLBACK' }]
  const parts = [...rollback, { text: 'BEGIN' }, ...recording(session, step, end), ...ending(session, end)]
  const answer = await session.connection.send(compose(parts))
  await checkLockHeld(session, answer.lastRow)
  return { statements: 0, durationMs: performance.now() - started }
}

/**
 * Lets a function collect its statements inside an open transaction (opened when the function first uses the
 * database), then runs them as a script.
 */
export async function runCollected(
  session: WorkingSession,
  step: LoadedStep,
  collect: (db: Queryable) => Promise<Collected>,
  options: StepOptions,
): Promise<StepOutcome> {
  let begun = false
  const db: Queryable = {
    query: async (text, values) => {
      if (!begun) {
        begun = true
        await session.connection.send('BEGIN')
      }
      return session.client.query(text as string, values)
    },
  }
  let compiled: CompiledScript | undefined
  try {
    compiled = await compileCollected(step, await collect(db))
  } catch (error) {
    if (session.connection.lost !== undefined) throw error
    if (begun) await session.connection.send('ROLLBACK')
    throw functionFailed(step, error, 'nothing')
  }
  if (compiled === undefined) return nothingCollected(session, step, begun)
  if (compiled.mode === 'one') return runAsOne(session, step, compiled, options, { begun })
  // The peer runs what comes before its own transaction outside of one.
  if (begun) await session.connection.send('COMMIT')
  if (compiled.mode === 'one, else split') return runOneElseSplit(session, step, compiled, options)
  return runApart(session, step, compiled, options)
}

/** Compiles what a function collected; `undefined` when there is nothing in it. */
export async function compileCollected(step: LoadedStep, collected: Collected): Promise<CompiledScript | undefined> {
  const text = collected.statements.map((statement) => statement.replace(/;\s*$/, '')).join('\n;\n')
  if (text.trim() === '') return undefined
  async function* read(): AsyncGenerator<string> {
    yield text
  }
  const script = { file: step.file.file, bytes: text.length, read, generated: true }
  return compileScript(script, step.name, collected.transaction ? undefined : 'none')
}

async function nothingCollected(session: WorkingSession, step: LoadedStep, begun: boolean): Promise<StepOutcome> {
  const end = { mode: 'one', statements: [], dirty: begun }
  const begin = begun ? [] : [{ text: 'BEGIN' }]
  await session.connection.send(compose([...begin, ...recording(session, step, end), ...ending(session, end)]))
  if (begun) await holdsLock(session)
  return { statements: 0, durationMs: 0 }
}

async function sameTransaction(session: WorkingSession, id: string | null | undefined): Promise<boolean> {
  // `pg` rejects a failed query before the server has said the new status; an empty one waits for it.
  await session.connection.send('').catch(() => {})
  const status = session.connection.transactionStatus
  // A failed transaction cannot be asked; it is still the one it was, or its first part was committed before.
  if (status === 'E') return true
  if (status === 'I') return false
  const { lastRow } = await session.connection.send('SELECT pg_catalog.pg_current_xact_id_if_assigned()')
  return lastRow[0] === id
}

function openRow(session: WorkingSession, step: LoadedStep, mode: string): Promise<OpenStepRow | undefined> {
  return session.journaled ? OpenStepRow.write(session, step, { mode, statements: [] }) : Promise.resolve(undefined)
}

function functionFailed(step: LoadedStep, error: unknown, left: 'nothing' | 'part'): GodwitError {
  if (error instanceof GodwitError) return error
  const server = error instanceof Error ? serverReport(error, maskSecrets) : undefined
  const query = (error as { query?: unknown }).query
  const undone = `${step.name} was undone, nothing of it is left.`
  const part = `${step.name} worked outside of one transaction: what it did before it failed is still there.`
  return new GodwitError(
    'GODWIT_STATEMENT_FAILED',
    { name: step.name, message: maskSecrets(messageOf(error)) },
    {
      cause: error,
      hint: wayOut(step, left === 'nothing' ? 'undone' : 'kept'),
      file: step.file.file,
      ...(typeof query === 'string' ? { statement: maskSecrets(query) } : {}),
      ...(server === undefined ? {} : { server }),
      left,
      state: [left === 'nothing' ? undone : part],
    },
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
