import type { LoadedStep, StepOutcome } from '../contract.js'
import { ApartFailures } from './apart-failures.js'
import type { CompiledItem, CompiledScript, CompiledStatement } from './compile.js'
import { copyIn } from './copy.js'
import { checkLockHeld } from './lock/session-lock.js'
import { MessageFailure } from './message.js'
import { OpenStepRow } from './open-step.js'
import { compose, locate, type Part } from './parts.js'
import { RestWatch } from './recover/rest.js'
import { resumeFrom } from './recover/resume.js'
import { ending, sendEnding } from './tail.js'
import type { AttemptOptions } from './waiting/attempt.js'
import type { WorkingSession } from './working-session.js'

const BEGIN: Part = { text: 'BEGIN' }
const COMMIT: Part = { text: 'COMMIT' }
// It cannot run in a transaction, or ends the one that it is in (a procedure that commits).
const REFUSES_TRANSACTION = ['25001', '2D000']

/**
 * Runs a script that cannot be one transaction: its statements one at a time, each in a transaction with the note of how
 * far the script has come (invariant 15). What refuses a transaction is noted behind; in a transaction of the script's
 * own the note stands before its COMMIT, and the records in the last one.
 *
 * @param committedBefore something of the migration that is not in the script is committed already: no failure leaves
 * nothing, and the next run cannot go on by itself
 * @throws GodwitError GODWIT_STATEMENT_FAILED with what stays; MessageFailure when the connection was lost
 */
export async function runApart(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  options: AttemptOptions,
  committedBefore = false,
): Promise<StepOutcome> {
  const started = performance.now()
  const { open } = options.carried ?? {}
  const row = open?.row ?? (await OpenStepRow.write(session, step, compiled, { resumable: !committedBefore }))
  const failures = new ApartFailures(session, step, compiled, row, options, committedBefore)
  // What was done in this session needs no making ready.
  const making = open === undefined ? resumeFrom(session, step, compiled, options) : Promise.resolve(open.from)
  const from = await making.catch(async (error) => {
    throw await failures.beforeGoingOn(error)
  })
  if (from > row.done) await row.reached(from)
  if (options.carried !== undefined) options.carried.open = { row, from }
  const run = new ApartRun(session, compiled, row, failures)
  await run.statements(options)
  const stale = await run.record()
  return { statements: compiled.facts.statements - from, durationMs: performance.now() - started, stale }
}

type Items = AsyncIterator<CompiledItem>

class ApartRun {
  readonly #session: WorkingSession
  readonly #compiled: CompiledScript
  readonly #row: OpenStepRow
  readonly #failures: ApartFailures
  /** The records went into the transaction of the last statement. */
  #recorded = false
  /** What the transaction of the script's own began with. */
  #begun = BEGIN
  #last: CompiledStatement | undefined
  #signal: AbortSignal | undefined
  #tell: (message: string) => void = () => {}

  constructor(session: WorkingSession, compiled: CompiledScript, row: OpenStepRow, failures: ApartFailures) {
    this.#session = session
    this.#compiled = compiled
    this.#row = row
    this.#failures = failures
  }

  async statements(options: AttemptOptions): Promise<void> {
    this.#signal = options.signal
    this.#tell = (message) => options.onEvent({ type: 'recovery', message })
    const total = this.#compiled.facts.statements
    const from = this.#row.done
    const items = this.#compiled.items()[Symbol.asyncIterator]()
    for (let next = await items.next(); !next.done; next = await items.next()) {
      if (next.value.kind !== 'statement') continue
      const { statement, index } = next.value
      if (statement.class.control === 'begin') this.#begun = { text: statement.text }
      if (index >= from) {
        if (options.signal?.aborted) throw await this.#failures.stoppedBefore(statement)
        options.onEvent({ type: 'statement', index, total, tag: statement.class.tag })
        // COMMIT AND CHAIN had begun the transaction that this one is in.
        if (index === from && this.#last?.class.chain) await this.#session.connection.send(this.#begun.text)
        await this.#run(statement, index, items)
      }
      this.#last = statement
    }
  }

  async #run(statement: CompiledStatement, index: number, items: Items): Promise<void> {
    const { connection } = this.#session
    const { control, chain, transaction, setsTransaction, tag, sessionSettings } = statement.class
    const mine = { text: statement.text, statement }
    const within = connection.transactionStatus === 'T'
    if (within && control === 'commit') await this.#send(statement, [...this.#note(index, chain), mine])
    else if (within) await this.#send(statement, [mine], items)
    else if (transaction === 'never') await this.#apart(statement, items)
    // SET LOCAL and SET TRANSACTION mean nothing outside of a transaction, and would inside.
    else if (control !== undefined || setsTransaction || (tag === 'SET' && !sessionSettings))
      await this.#send(statement, [mine], items)
    else return this.#inTransaction(statement, index, items)
    if (within && control === 'commit' && !this.#recorded) this.#row.done = index + 1
    else if (connection.transactionStatus === 'I' && !this.#recorded) await this.#row.reached(index + 1)
  }

  /** In a transaction with its note: there is never a doubt whether it was done. */
  async #inTransaction(statement: CompiledStatement, index: number, items: Items): Promise<void> {
    const note = this.#note(index)
    const parts = [BEGIN, { text: statement.text, statement }, ...note, COMMIT]
    if (statement.copyFromStdin) {
      await this.#send(statement, [BEGIN])
      await this.#send(statement, parts.slice(1, 2), items)
      await this.#send(statement, parts.slice(2))
    } else {
      try {
        await this.#session.connection.send(compose(parts))
      } catch (error) {
        this.#recorded = false
        if (!this.#refusesTransaction(parts, error)) throw await this.#failures.at(parts, error)
        await this.#session.connection.send('ROLLBACK')
        await this.#apart(statement, items, true)
        return this.#row.reached(index + 1)
      }
    }
    if (!this.#recorded) this.#row.done = index + 1
  }

  // The last note is the record itself.
  #note(index: number, chain = false): Part[] {
    this.#recorded = index === this.#compiled.facts.statements - 1 && !chain
    return this.#recorded ? this.#row.records(this.#compiled.facts.leavesSession) : this.#row.note(index + 1)
  }

  #refusesTransaction(parts: readonly Part[], error: unknown): boolean {
    if (!(error instanceof MessageFailure) || this.#session.connection.lost !== undefined) return false
    const { code } = error.cause as { code?: string }
    return REFUSES_TRANSACTION.includes(code ?? '') && locate(parts, error).part?.statement !== undefined
  }

  async #apart(statement: CompiledStatement, items: Items, unforeseen = false): Promise<void> {
    const rest = await RestWatch.before(this.#session, statement)
    await this.#row.apart(rest.mark(unforeseen))
    await rest.patiently(async () => {
      await this.#trying(statement, () => rest.makeWay(this.#tell), rest)
      // The stop may have cancelled one of our own questions, or come between two; this may be at work for hours.
      if (this.#signal?.aborted) throw await this.#failures.stoppedBefore(statement)
      await this.#send(statement, [{ text: statement.text, statement }], items, rest)
    })
  }

  async #send(statement: CompiledStatement, parts: Part[], items?: Items, rest?: RestWatch): Promise<void> {
    const { connection } = this.#session
    const send = async () => {
      if (statement.copyFromStdin && items !== undefined) await copyIn(connection, statement.text, items)
      else await connection.send(compose(parts))
      await rest?.checkMade()
    }
    await this.#trying(statement, send, rest, parts)
  }

  async #trying(
    statement: CompiledStatement,
    work: () => Promise<void>,
    rest: RestWatch | undefined,
    parts: readonly Part[] = [{ text: statement.text, statement }],
  ): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#recorded = false
      throw await this.#failures.at(parts, error, rest)
    }
  }

  /** Records the step, unless its last transaction did; cleans the session. */
  async record(): Promise<boolean> {
    const { connection } = this.#session
    // COMMIT AND CHAIN leaves an empty transaction; a BEGIN that nothing ends is a mistake.
    if (connection.transactionStatus !== 'I' && !this.#last?.class.chain) throw await this.#failures.leftOpen()
    if (connection.transactionStatus !== 'I') await connection.send('ROLLBACK')
    const clean = ending(this.#session, { dirty: true })
    const parts = this.#recorded ? clean.slice(1) : [BEGIN, ...this.#row.records(true), ...clean]
    try {
      const { lastRow } = await sendEnding(this.#session, parts)
      return await checkLockHeld(this.#session, lastRow)
    } catch (error) {
      throw await this.#failures.whileRecording(parts, error)
    }
  }
}
