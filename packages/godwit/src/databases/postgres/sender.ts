import type { StepOptions } from '../contract.js'
import { BATCH_BYTES, type CompiledItem, type CompiledScript, type CompiledStatement } from './compile.js'
import { copyIn } from './copy.js'
import { MessageFailure, type MessageResult } from './message.js'
import { type FailurePlace, locate, type Part } from './parts.js'
import { sendEnding } from './tail.js'
import type { WorkingSession } from './working-session.js'

/** A part of a message failed; where, and what the server said. */
export class PlacedFailure extends Error {
  readonly failure: MessageFailure
  readonly place: FailurePlace

  constructor(failure: MessageFailure, place: FailurePlace) {
    super(failure.message)
    this.failure = failure
    this.place = place
  }
}

/** The run was stopped before this statement was sent. */
export function stoppedBefore(statement: CompiledStatement): PlacedFailure {
  const failure = new MessageFailure(new Error('stopped before this statement'), 0)
  const { line, column } = statement
  return new PlacedFailure(failure, { index: 0, part: { text: statement.text, statement }, line, column })
}

/**
 * Sends the statements of a script in as few messages as their size allows (rule 25): collected until they are 4 MB, a
 * COPY by itself with its data.
 */
export class Sender {
  readonly #session: WorkingSession
  #parts: Part[]
  #size = 0

  constructor(session: WorkingSession, parts: Part[] = []) {
    this.#session = session
    this.#parts = parts
  }

  /**
   * Sends every statement of a script.
   *
   * @param behind told each statement's index when it was added; what it awaits happens before the next one
   * @param from passes over those before this index
   * @throws PlacedFailure; MessageFailure when the connection was lost
   */
  async script(
    compiled: CompiledScript,
    options: StepOptions,
    behind: (index: number) => Promise<void> = async () => {},
    from = 0,
  ): Promise<void> {
    const items = compiled.items()[Symbol.asyncIterator]()
    for (let next = await items.next(); !next.done; next = await items.next()) {
      const item = next.value
      if (item.kind !== 'statement' || item.index < from) continue
      const { statement, index } = item
      if (options.signal?.aborted) throw stoppedBefore(statement)
      options.onEvent({ type: 'statement', index, total: compiled.facts.statements, tag: statement.class.tag })
      if (statement.copyFromStdin) await this.#copy(statement, items)
      else await this.add({ text: statement.text, statement })
      await behind(index)
    }
  }

  async add(...parts: Part[]): Promise<void> {
    for (const part of parts) {
      addPart(this.#parts, part)
      this.#size += part.text.length
    }
    if (this.#size >= BATCH_BYTES) await this.flush()
  }

  async flush(): Promise<MessageResult> {
    const parts = this.#parts
    this.#parts = []
    this.#size = 0
    if (parts.length === 0) return { completed: 0, lastRow: [] }
    try {
      return await sendEnding(this.#session, parts)
    } catch (error) {
      throw placedIn(parts, error, this.#session)
    }
  }

  async #copy(statement: CompiledStatement, items: AsyncIterator<CompiledItem>): Promise<void> {
    await this.flush()
    try {
      await copyIn(this.#session.connection, statement.text, items)
    } catch (error) {
      if (this.#session.connection.lost !== undefined) throw error
      const failure = error instanceof MessageFailure ? error : new MessageFailure(error as Error, 0)
      throw placedIn([{ text: statement.text, statement }], failure, this.#session)
    }
  }
}

/** Adds a part: what chooses the transaction's isolation must come before everything that reads. */
export function addPart(parts: Part[], part: Part): void {
  const behind = part.statement?.class.setsTransaction ? parts.findIndex((each) => each.fence) : -1
  parts.splice(behind === -1 ? parts.length : behind, 0, part)
}

/** What a message failed with, as a failure of one of its parts; of a lost connection nothing more is known. */
export function placedIn(parts: readonly Part[], error: unknown, { connection }: WorkingSession): unknown {
  if (!(error instanceof MessageFailure) || connection.lost !== undefined) return error
  return new PlacedFailure(error, locate(parts, error))
}
