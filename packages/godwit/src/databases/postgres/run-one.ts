import { isGodwitError } from '../../errors.js'
import { maskSecrets } from '../../sql/mask.js'
import type { LoadedStep, StepOptions, StepOutcome } from '../contract.js'
import { BATCH_BYTES, type CompiledScript, type CompiledStatement } from './compile.js'
import { copyIn } from './copy.js'
import { checkLockHeld } from './lock.js'
import type { MessageResult } from './message.js'
import { MessageFailure } from './message.js'
import { compose, locate, type Part } from './parts.js'
import { statementFailed } from './statement-failure.js'
import { ending, noteRolledBack, recording } from './tail.js'
import type { WorkingSession } from './working-session.js'

/**
 * Runs a script as one transaction with its history row inside: one message for a small script, batches within the
 * transaction for a large one (rule 25).
 *
 * @param how `begun`: the transaction is open already; `triedAgainOn`: SQLSTATE of a failure that the caller makes good
 * @throws GodwitError GODWIT_STATEMENT_FAILED after the rollback; MessageFailure when the connection was lost
 */
export async function runAsOne(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  options: StepOptions,
  how: { begun?: boolean; triedAgainOn?: string } = {},
): Promise<StepOutcome> {
  const started = performance.now()
  const end = {
    mode: 'one',
    statements: compiled.statements.map((statement) => statement.mark),
    dirty: compiled.facts.leavesSession,
  }
  const sender = new Sender(session, step, compiled, how.begun ? [] : [{ text: 'BEGIN' }])
  let copying: CompiledStatement | undefined
  const items = compiled.items()[Symbol.asyncIterator]()
  try {
    for (let next = await items.next(); !next.done; next = await items.next()) {
      const item = next.value
      if (item.kind !== 'statement') continue
      const { statement, index } = item
      options.onEvent({ type: 'statement', index, total: compiled.facts.statements, tag: statement.class.tag })
      if (!statement.copyFromStdin) {
        await sender.add({ text: statement.text, statement })
        continue
      }
      await sender.flush()
      copying = statement
      await copyIn(session.connection, statement.text, items)
      copying = undefined
    }
    sender.parts.push(...recording(session, step, end), ...ending(session, end))
    const { lastRow } = await sender.flush()
    if (end.dirty) await checkLockHeld(session, lastRow)
  } catch (error) {
    if (session.connection.lost !== undefined) throw error
    await session.connection.send('ROLLBACK')
    if (error instanceof JournalFailure && !how.begun) {
      session.journaled = false
      session.options.warn(`The journal cannot be written (${error.message}); this run goes on without it.`)
      return runAsOne(session, step, compiled, options)
    }
    const again = isGodwitError(error) && error.details.server?.code === how.triedAgainOn
    if (!again || how.triedAgainOn === undefined)
      await noteRolledBack(session, step, end, maskSecrets((error as Error).message))
    if (copying !== undefined && !(error instanceof MessageFailure)) {
      const failure = new MessageFailure(error as Error, 0)
      const parts = [{ text: copying.text, statement: copying }]
      throw await statementFailed(step, compiled.script, failure, locate(parts, failure), 'undone')
    }
    throw error
  }
  return { statements: compiled.facts.statements, durationMs: performance.now() - started }
}

class Sender {
  parts: Part[]
  readonly #session: WorkingSession
  readonly #step: LoadedStep
  readonly #compiled: CompiledScript
  #size = 0

  constructor(session: WorkingSession, step: LoadedStep, compiled: CompiledScript, parts: Part[]) {
    this.#session = session
    this.#step = step
    this.#compiled = compiled
    this.parts = parts
  }

  async add(part: Part): Promise<void> {
    this.parts.push(part)
    this.#size += part.text.length
    if (this.#size >= BATCH_BYTES) await this.flush()
  }

  async flush(): Promise<MessageResult> {
    const { parts } = this
    this.parts = []
    this.#size = 0
    if (parts.length === 0) return { completed: 0, lastRow: [], lastTag: '' }
    try {
      return await this.#session.connection.send(compose(parts))
    } catch (error) {
      if (!(error instanceof MessageFailure) || this.#session.connection.lost !== undefined) throw error
      const place = locate(parts, error)
      if (place.part?.journal) throw new JournalFailure(error.message)
      throw await statementFailed(this.#step, this.#compiled.script, error, place, 'undone')
    }
  }
}

/** The migration ran, and its journal row could not be written; everything was rolled back. */
class JournalFailure extends Error {}
