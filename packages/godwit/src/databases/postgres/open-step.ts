import { GodwitError } from '../../errors.js'
import type { StepRecord } from '../../formats/contract.js'
import { maskSecrets } from '../../sql/mask.js'
import type { LoadedStep } from '../contract.js'
import { OWN_ROLE } from './clean.js'
import type { CompiledScript } from './compile.js'
import type { StatementMark } from './journal.js'
import { entryOf, type StepEnd } from './tail.js'
import type { WorkingSession } from './working-session.js'

/** What a step is made of, for its journal row. */
interface StepParts {
  mode: string
  statements: readonly StatementMark[]
  count: number
}

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
  readonly #parts: StepParts

  private constructor(session: WorkingSession, step: LoadedStep, id: string, parts: StepParts) {
    this.#session = session
    this.#step = step
    this.#id = id
    this.#parts = parts
  }

  /**
   * Writes the row, and the history's own row of a step that began, where the format keeps one.
   *
   * @param of a compiled script, or for a function its mode
   * @param mode how a script is run, where that is not what it was compiled for
   * @throws GodwitError GODWIT_JOURNAL_NEEDED when there is no journal to write to (rule 32)
   */
  static async write(
    session: WorkingSession,
    step: LoadedStep,
    of: CompiledScript | string,
    mode?: string,
  ): Promise<OpenStepRow> {
    if (!session.journaled)
      throw new GodwitError(
        'GODWIT_JOURNAL_NEEDED',
        { name: step.name, schema: session.journal.schema },
        { left: 'nothing' },
      )
    const parts = typeof of === 'string' ? { mode: of, statements: [], count: 0 } : partsOf(of, mode ?? of.mode)
    const insert = session.journal.insert(session.run, entryOf(step, parts, 'open'), 'clock_timestamp()')
    const { lastRow } = await session.connection.send(`${insert} RETURNING id`)
    const row = new OpenStepRow(session, step, lastRow[0] ?? '', parts)
    if (step.direction === 'up' && session.table.recordStart !== undefined) {
      await session.connection.send(session.table.recordStart(session.history, row.#record()))
    }
    return row
  }

  /** What the recording of this step needs. */
  end(dirty: boolean): StepEnd {
    return { ...this.#parts, dirty, openId: this.#id, startedAt: this.#startedAt() }
  }

  /**
   * Notes that the first `done` statements are done for good: as the role that runs, whatever role the migration has set
   * for itself, and without failing it (rules 19, 32).
   */
  async reached(done: number): Promise<void> {
    this.done = done
    const { connection, journal } = this.#session
    const note = ['BEGIN', ...LOCAL_OWN_ROLE, journal.progress(this.#id, done), 'COMMIT'].join(';\n')
    await connection.send(note).catch(async (error: Error) => {
      if (connection.lost !== undefined) throw error
      await connection.send('ROLLBACK')
      this.#session.options.warn(`How far ${this.#step.name} has come cannot be noted (${error.message}).`)
    })
  }

  /** Notes a failure; `clean`: nothing is left of the step, so it is pending again. Never hides the failure itself. */
  async failed(message: string, clean: boolean): Promise<void> {
    const { journal, connection, table, history } = this.#session
    const said = maskSecrets(message)
    const notes = [journal.progress(this.#id, this.done, said)]
    if (clean) notes.push(journal.closeOpen(this.#step.name, 'failed'))
    if (this.#step.direction === 'up' && table.recordFailure !== undefined)
      notes.push(table.recordFailure(history, this.#record(), said))
    await connection.send([...OWN_ROLE, ...notes].join(';\n')).catch((error: Error) => {
      this.#session.options.warn(`The failure of ${this.#step.name} cannot be noted (${error.message}).`)
    })
  }

  #record(): StepRecord {
    const { name, file } = this.#step
    return { name, file, statements: this.#parts.count, startedAt: this.#startedAt() }
  }

  #startedAt(): string {
    return `(SELECT started_at FROM ${this.#session.journal.stepTable} WHERE id = ${this.#id})`
  }
}

const LOCAL_OWN_ROLE = ['SET LOCAL SESSION AUTHORIZATION DEFAULT', 'SET LOCAL ROLE TO DEFAULT'] as const

function partsOf({ statements, facts }: CompiledScript, mode: string): StepParts {
  return { mode, statements: statements.map((statement) => statement.mark), count: facts.statements }
}
