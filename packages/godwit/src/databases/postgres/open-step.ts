import { GodwitError } from '../../errors.js'
import type { LoadedStep } from '../contract.js'
import type { StatementMark } from './journal.js'
import { entryOf, type StepEnd } from './tail.js'
import type { WorkingSession } from './working-session.js'

/**
 * The journal row of a step that runs outside of one transaction. It says how far the step came; a row that stays open
 * is what `status` calls `failed`.
 */
export class OpenStepRow {
  /** Statements that are done for good. */
  done = 0
  readonly #session: WorkingSession
  readonly #step: LoadedStep
  readonly #id: string
  readonly #what: { mode: string; statements: readonly StatementMark[] }

  private constructor(session: WorkingSession, step: LoadedStep, id: string, what: OpenStepRow['what']) {
    this.#session = session
    this.#step = step
    this.#id = id
    this.#what = what
  }

  get what(): { mode: string; statements: readonly StatementMark[] } {
    return this.#what
  }

  /** @throws GodwitError GODWIT_JOURNAL_NEEDED when there is no journal to write to (rule 32) */
  static async write(
    session: WorkingSession,
    step: LoadedStep,
    what: { mode: string; statements: readonly StatementMark[] },
  ): Promise<OpenStepRow> {
    if (!session.journaled)
      throw new GodwitError(
        'GODWIT_JOURNAL_NEEDED',
        { name: step.name, schema: session.journal.schema },
        { left: 'nothing' },
      )
    const insert = session.journal.insert(session.run, entryOf(step, what, 'open'), 'clock_timestamp()')
    const { lastRow } = await session.connection.send(`${insert} RETURNING id`)
    const row = new OpenStepRow(session, step, lastRow[0] ?? '', what)
    if (step.direction === 'up' && session.table.recordStart !== undefined) {
      await session.connection.send(session.table.recordStart(session.history, row.#record()))
    }
    return row
  }

  /** What the recording of this step needs. */
  end(dirty: boolean): StepEnd {
    return { ...this.#what, dirty, openId: this.#id, startedAt: this.#startedAt() }
  }

  /** Notes that the first `done` statements are done for good. */
  async reached(done: number): Promise<void> {
    this.done = done
    await this.#session.connection.send(this.#session.journal.progress(this.#id, done))
  }

  /** Notes a failure; `clean`: nothing is left of the step, so it is pending again. */
  async failed(message: string, clean: boolean): Promise<void> {
    const { journal, connection, table, history } = this.#session
    const said = journal.progress(this.#id, this.done, message)
    await connection.send(clean ? `${said};\n${journal.closeOpen(this.#step.name, 'failed')}` : said)
    if (this.#step.direction === 'up' && table.recordFailure !== undefined) {
      await connection.send(table.recordFailure(history, this.#record(), message))
    }
  }

  #record() {
    return {
      name: this.#step.name,
      file: this.#step.file,
      statements: this.#what.statements.length,
      startedAt: this.#startedAt(),
    }
  }

  #startedAt(): string {
    return `(SELECT started_at FROM ${this.#session.journal.stepTable} WHERE id = ${this.#id})`
  }
}
