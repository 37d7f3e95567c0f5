import type { Collected, Queryable } from '../../formats/contract.js'
import { maskSecrets } from '../../sql/mask.js'
import type { LoadedStep, StepOptions, StepOutcome } from '../contract.js'
import { type CompiledScript, compileScript } from './compile.js'
import { functionFailed, messageOf } from './function-failure.js'
import { checkLockHeld } from './lock.js'
import { compose } from './parts.js'
import { runApart } from './run-apart.js'
import { runAsOne } from './run-one.js'
import { runOneElseSplit } from './run-split.js'
import { ending, noteRolledBack, recording, type StepEnd } from './tail.js'
import { type TransactionWatch, watchTransaction } from './watch-transaction.js'
import type { WorkingSession } from './working-session.js'

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
  const { connection } = session
  let watch: TransactionWatch | undefined
  const db: Queryable = {
    query: async (text, values) => {
      if (watch === undefined) {
        await connection.send('BEGIN')
        watch = watchTransaction(session.client)
      }
      return session.client.query(text as string, values)
    },
  }
  try {
    const compiled = await compileCollected(step, await collect(db))
    await connection.settled()
    const used = watch as TransactionWatch | undefined
    used?.stop()
    return await runCompiled(session, step, compiled, options, used)
  } catch (error) {
    const used = watch as TransactionWatch | undefined
    used?.stop()
    if (connection.lost !== undefined) throw error
    if (used !== undefined && connection.transactionStatus !== 'I') await connection.send('ROLLBACK')
    const left = used?.ended() ? 'part' : 'nothing'
    const failed = functionFailed(step, error, left)
    if (failed !== error && left === 'nothing')
      await noteRolledBack(session, step, { mode: 'one', statements: [] }, maskSecrets(messageOf(error)))
    throw failed
  }
}

async function runCompiled(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript | undefined,
  options: StepOptions,
  used: TransactionWatch | undefined,
): Promise<StepOutcome> {
  const { connection } = session
  const begun = used !== undefined && connection.transactionStatus !== 'I'
  if (compiled === undefined) return nothingCollected(session, step, begun, used !== undefined)
  if (compiled.mode === 'one' && !used?.ended()) return runAsOne(session, step, compiled, options, { begun })
  // The peer runs what comes before its own transaction outside of one.
  if (begun) await connection.send('COMMIT')
  if (compiled.mode === 'one, else split' && used === undefined)
    return runOneElseSplit(session, step, compiled, options)
  return runApart(session, step, compiled, options, used !== undefined)
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

async function nothingCollected(
  session: WorkingSession,
  step: LoadedStep,
  begun: boolean,
  used: boolean,
): Promise<StepOutcome> {
  const end: StepEnd = { mode: 'one', statements: [], count: 0, dirty: used }
  const begin = begun ? [] : [{ text: 'BEGIN' }]
  const parts = [...begin, ...recording(session, step, end), ...ending(session, end)]
  const { lastRow } = await session.connection.send(compose(parts))
  return { statements: 0, durationMs: 0, stale: used && (await checkLockHeld(session, lastRow)) }
}
