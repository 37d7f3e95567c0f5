import { GodwitError } from '../../errors.js'
import type { LoadedStep, StepOptions, StepOutcome } from '../contract.js'
import type { CompiledScript, CompiledStatement } from './compile.js'
import { copyIn } from './copy.js'
import { checkLockHeld } from './lock/session-lock.js'
import { MessageFailure } from './message.js'
import { OpenStepRow } from './open-step.js'
import { compose, type FailurePlace, locate, type Part } from './parts.js'
import { stoppedBefore } from './sender.js'
import { afterwards, statementFailed } from './statement-failure.js'
import { ending, recording } from './tail.js'
import type { WorkingSession } from './working-session.js'

/**
 * Runs a script that cannot be one transaction: its statements one at a time, the journal noting after each how far it
 * came. With a transaction of the script's own the records go into its last one, before its COMMIT.
 *
 * @param committedBefore something of the migration is committed already, so that no failure leaves nothing
 * @throws GodwitError GODWIT_STATEMENT_FAILED with what stays; MessageFailure when the connection was lost
 */
export async function runApart(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  options: StepOptions,
  committedBefore = false,
): Promise<StepOutcome> {
  const started = performance.now()
  const run = new ApartRun(session, step, compiled, await OpenStepRow.write(session, step, compiled), committedBefore)
  await run.statements(options)
  const stale = await run.record()
  return { statements: compiled.facts.statements, durationMs: performance.now() - started, stale }
}

class ApartRun {
  readonly #session: WorkingSession
  readonly #step: LoadedStep
  readonly #compiled: CompiledScript
  readonly #row: OpenStepRow
  readonly #committedBefore: boolean
  /** The records went into the script's own last transaction. */
  #recorded = false
  #last: CompiledStatement | undefined

  constructor(
    session: WorkingSession,
    step: LoadedStep,
    compiled: CompiledScript,
    row: OpenStepRow,
    committedBefore: boolean,
  ) {
    this.#session = session
    this.#step = step
    this.#compiled = compiled
    this.#row = row
    this.#committedBefore = committedBefore
  }

  async statements(options: StepOptions): Promise<void> {
    const { connection } = this.#session
    const total = this.#compiled.facts.statements
    const items = this.#compiled.items()[Symbol.asyncIterator]()
    for (let next = await items.next(); !next.done; next = await items.next()) {
      if (next.value.kind !== 'statement') continue
      const { statement, index } = next.value
      if (options.signal?.aborted) throw await this.#stoppedBefore(statement)
      options.onEvent({ type: 'statement', index, total, tag: statement.class.tag })
      const { control, chain } = statement.class
      const commits = index === total - 1 && control === 'commit' && !chain && connection.transactionStatus === 'T'
      const before = commits
        ? recording(this.#session, this.#step, this.#row.end(this.#compiled.facts.leavesSession))
        : []
      const parts = [...before, { text: statement.text, statement }]
      try {
        if (statement.copyFromStdin) await copyIn(connection, statement.text, items)
        else await connection.send(compose(parts))
      } catch (error) {
        throw await this.#failed(statement, parts, error)
      }
      this.#last = statement
      this.#recorded = commits
      if (connection.transactionStatus === 'I' && !commits) await this.#row.reached(index + 1)
    }
  }

  /** Records the step, unless its own last transaction did; cleans the session. */
  async record(): Promise<boolean> {
    const { connection } = this.#session
    // COMMIT AND CHAIN leaves an empty transaction; a BEGIN that nothing ends is a mistake.
    if (connection.transactionStatus !== 'I' && !this.#last?.class.chain) await this.#leftOpen()
    if (connection.transactionStatus !== 'I') await connection.send('ROLLBACK')
    const end = this.#row.end(true)
    const records = this.#recorded ? [] : [{ text: 'BEGIN' }, ...recording(this.#session, this.#step, end)]
    const parts = [...records, ...ending(this.#session, end).slice(this.#recorded ? 1 : 0)]
    try {
      const { lastRow } = await connection.send(compose(parts))
      return await checkLockHeld(this.#session, lastRow)
    } catch (error) {
      if (!(error instanceof MessageFailure) || connection.lost !== undefined) throw error
      await connection.send('ROLLBACK')
      await this.#row.failed(error.message, false)
      const place = locate(parts, error)
      throw await statementFailed(this.#step, this.#compiled.script, error, place, 'kept', this.#row.done)
    }
  }

  async #failed(statement: CompiledStatement, parts: readonly Part[], error: unknown): Promise<unknown> {
    const { connection } = this.#session
    if (connection.lost !== undefined) return error
    const failure = error instanceof MessageFailure ? error : new MessageFailure(error as Error, 0)
    await connection.send('ROLLBACK')
    return this.#ended(failure, locate(parts, failure), await leftARest(this.#session, statement))
  }

  // A cancel that arrives between two statements has nothing to cancel on the server.
  async #stoppedBefore(statement: CompiledStatement): Promise<unknown> {
    await this.#session.connection.send('ROLLBACK')
    const { failure, place } = stoppedBefore(statement)
    return this.#ended(failure, place, undefined)
  }

  async #ended(failure: MessageFailure, place: FailurePlace, rest: string | undefined): Promise<GodwitError> {
    const clean = this.#row.done === 0 && !this.#committedBefore && rest === undefined
    const left = clean ? 'undone' : 'kept'
    const told = await statementFailed(
      this.#step,
      this.#compiled.script,
      failure,
      place,
      left,
      this.#row.done,
      rest ? [rest] : [],
    )
    await this.#row.failed(told.message, clean)
    return told
  }

  async #leftOpen(): Promise<never> {
    await this.#session.connection.send('ROLLBACK')
    const clean = this.#row.done === 0 && !this.#committedBefore
    await this.#row.failed('the script ends inside a transaction that it began', clean)
    throw new GodwitError(
      'GODWIT_TRANSACTION_LEFT_OPEN',
      { name: this.#step.name, done: this.#row.done },
      { file: this.#compiled.script.file, ...afterwards(this.#step, clean ? 'undone' : 'kept') },
    )
  }
}

/**
 * What a failed statement may have left although nothing before it did, in words where they help: a procedure or a DO block that
 * commits, a concurrent build (an INVALID index), a concurrent detach.
 */
async function leftARest(session: WorkingSession, { class: found }: CompiledStatement): Promise<string | undefined> {
  if (found.tag === 'CALL' || (found.tag === 'DO' && found.transaction === 'never')) return ''
  if (!['CREATE INDEX', 'REINDEX', 'DROP INDEX', 'ALTER TABLE'].includes(found.tag)) return undefined
  const { lastRow } = await session.connection.send(
    `SELECT (SELECT string_agg(indexrelid::regclass::text, ', ') FROM pg_catalog.pg_index WHERE NOT indisvalid),
       EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhdetachpending)`,
  )
  const [invalid, detaching] = lastRow
  if (invalid != null) return `An INVALID index is left. Take it away first: DROP INDEX CONCURRENTLY ${invalid};`
  return detaching === 't'
    ? 'A partition is half detached. Finish it first: ALTER TABLE … DETACH PARTITION … FINALIZE;'
    : undefined
}
