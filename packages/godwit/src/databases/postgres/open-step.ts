import { GodwitError } from '../../errors.js'
import type { StepRecord } from '../../formats/contract.js'
import { inDoubt } from '../../sql/in-doubt.js'
import { maskSecrets } from '../../sql/mask.js'
import type { LoadedStep } from '../contract.js'
import { LOCAL_OWN_ROLE, OWN_ROLE } from './clean.js'
import type { CompiledScript } from './compile.js'
import type { StatementMark } from './journal.js'
import { MessageFailure, type MessageResult } from './message.js'
import { fence } from './opening.js'
import { compose, type Part } from './parts.js'
import { type Question, readAnchor } from './recover/anchor.js'
import { shutOut } from './statement-failure.js'
import { entryOf, recording, type StepEnd } from './tail.js'
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
  done: number
  readonly #session: WorkingSession
  readonly #step: LoadedStep
  readonly #id: string
  readonly #parts: StepParts

  private constructor(session: WorkingSession, step: LoadedStep, id: string, parts: StepParts) {
    this.#session = session
    this.#step = step
    this.#id = id
    this.#parts = parts
    this.done = step.resume?.done ?? 0
  }

  /**
   * Writes the row, and the history's own row of a step that began, where the format keeps one. A step that is gone on
   * with begins where the row of the former run stopped, which is closed. An open transaction is committed with it.
   *
   * @param of a compiled script, or for a function its mode
   * @param how `mode`: in which a script is run, where that is not what it was compiled for; `resumable`: unless false, its
   * statements are all there is of the migration
   * @throws GodwitError GODWIT_JOURNAL_NEEDED when there is no journal to write to (rule 32); GODWIT_LEASE_LOST
   */
  static async write(
    session: WorkingSession,
    step: LoadedStep,
    of: CompiledScript | string,
    { mode, resumable = true }: { mode?: string; resumable?: boolean } = {},
  ): Promise<OpenStepRow> {
    const { journal, journaled, connection, table, history, run } = session
    if (!journaled)
      throw new GodwitError('GODWIT_JOURNAL_NEEDED', { name: step.name, schema: journal.schema }, { left: 'nothing' })
    const parts = typeof of === 'string' ? { mode: of, statements: [], count: 0 } : partsOf(of, mode ?? of.mode)
    // Without its statements an entry cannot be gone on with.
    const listed = resumable ? parts : { ...parts, statements: [] }
    const entry = { ...entryOf(step, listed, 'open'), anchor: await readAnchor(askFirst(connection), history) }
    const insert = `${journal.insert(run, entry, 'now()', step.resume?.done)} RETURNING id`
    const begun =
      step.direction === 'up' && step.resume === undefined
        ? table.recordStart?.(history, { ...recordOf(step, parts), startedAt: 'now()' })
        : undefined
    // Without its statements it goes on with what was noted ahead of a COMMIT of the function's own.
    const former = journal.closeOpen(step.name, step.resume === undefined && resumable ? 'failed' : 'resumed')
    const texts = [former, insert, ...(begun === undefined ? [] : [begun])]
    const { lastRow } = await inOwnRole(session, step, texts)
    return new OpenStepRow(session, step, lastRow[0] ?? '', parts)
  }

  /** What the recording of this step needs. */
  end(dirty: boolean): StepEnd {
    return { ...this.#parts, dirty, openId: this.#id, startedAt: this.#startedAt() }
  }

  /** What notes, at the end of the transaction of a statement, that the first `done` ones are done for good. */
  note(done: number): Part[] {
    return [...asOwnRole(this.#session), { text: this.#session.journal.progress(this.#id, done), journal: true }]
  }

  /** What records the step as done, at the end of its last transaction. */
  records(dirty: boolean): Part[] {
    return [...asOwnRole(this.#session), ...recording(this.#session, this.#step, this.end(dirty))]
  }

  /** A note in a transaction of its own, behind a statement that ran outside of any. Does not fail it (rule 32). */
  async reached(done: number): Promise<void> {
    this.done = done
    const { connection, options } = this.#session
    await connection.send(compose([BEGIN, ...this.note(done), COMMIT])).catch(async (error: Error) => {
      if (connection.lost !== undefined) throw error
      await connection.send('ROLLBACK')
      options.warn(`How far ${this.#step.name} has come cannot be noted (${error.message}).`)
    })
  }

  /**
   * Comes ahead of a statement that runs outside of a transaction: asks whether the lease is still ours.
   *
   * @param mark what is noted of it, where its text does not tell
   * @throws GodwitError GODWIT_LEASE_LOST
   */
  async apart(mark: StatementMark['apart']): Promise<void> {
    const { journal } = this.#session
    const notes = mark === undefined ? [] : [journal.progress(this.#id, this.done, { apart: mark })]
    if (notes.length + fence(this.#session).length > 0) await inOwnRole(this.#session, this.#step, notes)
  }

  /**
   * Notes a failure, while nobody else is at work. Never hides the failure itself.
   *
   * @param left `nothing`: of the whole step, so it is pending again; `done`: of the failed statement; `part`: of it, too
   */
  async failed(message: string, left: 'nothing' | 'done' | 'part'): Promise<void> {
    const { journal, connection, table, history } = this.#session
    const said = maskSecrets(message)
    const notes = [journal.progress(this.#id, this.done, { error: said, ...(left === 'part' ? {} : { apart: false }) })]
    if (left === 'nothing') notes.push(journal.closeOpen(this.#step.name, 'failed'))
    if (this.#step.direction === 'up' && table.recordFailure !== undefined)
      notes.push(
        table.recordFailure(history, { ...recordOf(this.#step, this.#parts), startedAt: this.#startedAt() }, said),
      )
    const asked = fence(this.#session).map((part) => part.text)
    await connection.send([...OWN_ROLE, ...asked, ...notes].join(';\n')).catch((error: Error) => {
      this.#session.options.warn(`The failure of ${this.#step.name} cannot be noted (${error.message}).`)
    })
  }

  #startedAt(): string {
    return `(SELECT started_at FROM ${this.#session.journal.stepTable} WHERE id = ${this.#id})`
  }
}

const BEGIN: Part = { text: 'BEGIN' }
const COMMIT: Part = { text: 'COMMIT' }

// As the role that runs, whatever role the migration has set for itself (rule 19): that one may not see the lease.
function asOwnRole(session: WorkingSession): Part[] {
  return [...LOCAL_OWN_ROLE.map((text) => ({ text })), ...fence(session)]
}

function askFirst(connection: WorkingSession['connection']): Question {
  return async (select) => (await connection.send(select)).lastRow
}

async function inOwnRole(session: WorkingSession, step: LoadedStep, texts: readonly string[]): Promise<MessageResult> {
  const begin = session.connection.transactionStatus === 'I' ? [BEGIN] : []
  const parts = [...begin, ...asOwnRole(session), ...texts.map((text) => ({ text })), COMMIT]
  try {
    return await session.connection.send(compose(parts))
  } catch (error) {
    if (!(error instanceof MessageFailure) || session.connection.lost !== undefined) throw error
    await session.connection.send('ROLLBACK')
    throw shutOut(step, parts[error.completed], step.resume === undefined ? 'undone' : 'kept', error) ?? error
  }
}

function recordOf({ name, file }: LoadedStep, { count }: StepParts): Omit<StepRecord, 'startedAt'> {
  return { name, file, statements: count }
}

function partsOf({ statements, facts }: CompiledScript, mode: string): StepParts {
  const marks = statements.map(({ mark, text, class: { transaction } }): StatementMark => {
    const apart = transaction === 'never' && inDoubt(text).kind !== 'unknown'
    return apart ? { ...mark, apart: true } : mark
  })
  return { mode, statements: marks, count: facts.statements }
}
