import type { Collected, Queryable } from '../../formats/contract.js'
import { maskSecrets } from '../../sql/mask.js'
import type { DescribedStep, LoadedStep } from '../contract.js'
import type { CompiledScript } from './compile.js'
import { compileCollected } from './run-collected.js'
import type { WorkingSession } from './working-session.js'

const SHOWN = 1_000

/** A script as `plan` shows it. */
export function describeScript(step: LoadedStep, compiled: CompiledScript, known: 'sql' | 'recorded'): DescribedStep {
  const from = step.resume?.done ?? 0
  const left = compiled.statements.slice(from)
  const shown = left.slice(0, SHOWN)
  return {
    name: step.name,
    direction: step.direction,
    // What was begun outside of one transaction goes on so.
    transaction: from > 0 && compiled.mode !== 'own' ? 'none' : compiled.mode,
    known,
    statements: shown.map((statement) => ({
      sql: maskSecrets(statement.text),
      text: statement.text,
      file: compiled.script.file,
      line: compiled.script.generated ? null : statement.line,
    })),
    more: compiled.facts.statements - from - shown.length,
    destroys: [...new Set(left.flatMap((statement) => statement.class.destroys ?? []))],
  }
}

/** A function cannot be listed before there is a shadow to record it on (rule 23). */
export function describeFunction(step: LoadedStep, transaction: boolean): DescribedStep {
  return {
    name: step.name,
    direction: step.direction,
    transaction: transaction ? 'one' : 'none',
    known: 'function',
    statements: [],
    more: 0,
    destroys: [],
  }
}

/** Lets a function collect inside a read-only transaction, which is rolled back (rule 20). */
export async function describeCollected(
  session: WorkingSession,
  step: LoadedStep,
  collect: (db: Queryable) => Promise<Collected>,
): Promise<DescribedStep> {
  // Through a transaction pooler a setting would stay with a connection that somebody else gets.
  if (session.pooled) return describeFunction(step, true)
  for (const setting of session.settings) await session.connection.send(setting).catch(() => {})
  // Also behind a COMMIT of its own nothing can be written.
  await session.connection.send('SET default_transaction_read_only = on')
  await session.connection.send('BEGIN READ ONLY')
  try {
    const db: Queryable = { query: (text, values) => session.client.query(text as string, values) }
    const compiled = await compileCollected(step, await collect(db))
    return compiled === undefined
      ? { ...describeFunction(step, true), known: 'recorded' }
      : describeScript(step, compiled, 'recorded')
  } catch (error) {
    // It wants to write while it collects: what it will do is known only when it runs.
    if ((error as { code?: string }).code === '25006') return describeFunction(step, true)
    throw error
  } finally {
    await session.connection.send('ROLLBACK')
    await session.connection.send('RESET default_transaction_read_only')
  }
}
