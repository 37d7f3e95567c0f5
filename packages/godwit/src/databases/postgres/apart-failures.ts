import { GodwitError, isGodwitError } from '../../errors.js'
import type { LoadedStep } from '../contract.js'
import { afterwards, type Left } from '../left.js'
import type { CompiledScript, CompiledStatement } from './compile.js'
import type { Connection } from './connection.js'
import { MessageFailure } from './message.js'
import type { OpenStepRow } from './open-step.js'
import { type FailurePlace, locate, type Part } from './parts.js'
import { blocksResume } from './recover/check.js'
import type { Rest, RestWatch } from './recover/rest.js'
import { stoppedBefore } from './sender.js'
import { statementFailed } from './statement-failure.js'
import { type AttemptOptions, noteUnlessTriedAgain } from './waiting/attempt.js'
import type { WorkingSession } from './working-session.js'

/** What is said and noted when a script that is not one transaction does not get to its end. */
export class ApartFailures {
  readonly #session: WorkingSession
  readonly #step: LoadedStep
  readonly #compiled: CompiledScript
  readonly #row: OpenStepRow
  readonly #options: AttemptOptions
  readonly #committedBefore: boolean

  constructor(
    session: WorkingSession,
    step: LoadedStep,
    compiled: CompiledScript,
    row: OpenStepRow,
    options: AttemptOptions,
    committedBefore: boolean,
  ) {
    this.#session = session
    this.#step = step
    this.#compiled = compiled
    this.#row = row
    this.#options = options
    this.#committedBefore = committedBefore
  }

  /**
   * A message with a statement failed.
   *
   * @param rest of a statement that ran outside of a transaction
   * @returns what to throw
   */
  async at(parts: readonly Part[], error: unknown, rest?: RestWatch): Promise<unknown> {
    const { connection } = this.#session
    if (connection.lost !== undefined) return error
    const failure = error instanceof MessageFailure ? error : new MessageFailure(error as Error, 0)
    await leaveTransaction(connection)
    return this.#ended(failure, locate(parts, failure), await rest?.left())
  }

  /** A cancel that arrives between two statements has nothing to cancel on the server. */
  async stoppedBefore(statement: CompiledStatement): Promise<unknown> {
    await this.#session.connection.send('ROLLBACK')
    const { failure, place } = stoppedBefore(statement)
    return this.#ended(failure, place, undefined)
  }

  /** Everything was done, and could not be recorded. */
  async whileRecording(parts: readonly Part[], error: unknown): Promise<unknown> {
    const { connection } = this.#session
    if (!(error instanceof MessageFailure) || connection.lost !== undefined) return error
    await connection.send('ROLLBACK')
    return this.#ended(error, locate(parts, error), undefined)
  }

  /** What the next run goes on from could not be made ready. */
  async beforeGoingOn(error: unknown): Promise<unknown> {
    const { connection } = this.#session
    if (connection.lost !== undefined) return error
    await leaveTransaction(connection)
    if (error instanceof MessageFailure) return this.#ended(error, { index: 0, part: undefined }, {})
    if (isGodwitError(error)) await this.#row.failed(error.message, 'part')
    return error
  }

  /** The script ends inside a transaction that it began. */
  async leftOpen(): Promise<unknown> {
    await this.#session.connection.send('ROLLBACK')
    const left = this.#left(undefined)
    await this.#row.failed('the script ends inside a transaction that it began', left === 'undone' ? 'nothing' : 'done')
    return new GodwitError(
      'GODWIT_TRANSACTION_LEFT_OPEN',
      { name: this.#step.name, done: this.#row.done },
      { file: this.#compiled.script.file, ...afterwards(this.#step, left) },
    )
  }

  async #ended(failure: MessageFailure, place: FailurePlace, rest: Rest | undefined): Promise<GodwitError> {
    const left = this.#left(rest)
    const also = rest?.words === undefined ? [] : [rest.words]
    const { done } = this.#row
    const told = await statementFailed(this.#step, this.#compiled.script, failure, place, left, done, also)
    // What is noted of the step is another runner's by now.
    if (told.code === 'GODWIT_LEASE_LOST') return told
    const note = () =>
      this.#row.failed(told.message, left === 'undone' ? 'nothing' : rest === undefined ? 'done' : 'part')
    await noteUnlessTriedAgain(this.#options, told, note, left !== 'kept' && rest === undefined)
    return told
  }

  #left(rest: Rest | undefined): Left {
    const { done } = this.#row
    if (done === 0 && !this.#committedBefore && rest === undefined) return 'undone'
    const resumable =
      !this.#committedBefore && rest?.unclear !== true && blocksResume(this.#compiled, done) === undefined
    return resumable ? 'resumable' : 'kept'
  }
}

// The server's word on the transaction comes behind its word on the failure.
async function leaveTransaction(connection: Connection): Promise<void> {
  await connection.settled()
  if (connection.transactionStatus !== 'I') await connection.send('ROLLBACK')
}
