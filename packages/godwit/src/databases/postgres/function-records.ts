import type { CompiledStep, LoadedStep } from '../contract.js'
import type { Message, MessageResult } from './message.js'
import { bareOpening, opening } from './opening.js'
import { compose, type Part } from './parts.js'
import { byName } from './prepared.js'
import { ending, recording, type StepEnd, sendEnding } from './tail.js'
import type { WorkingSession } from './working-session.js'

/** What records a function. */
export interface FunctionRecords {
  parts: Part[]
  /** The opening of the next step's transaction, to save it a round trip. */
  ahead: Part[]
}

/** @param next the step that will be run directly behind it */
export function recordsOf(
  session: WorkingSession,
  step: LoadedStep,
  end: StepEnd,
  next: CompiledStep | undefined,
  begun: boolean,
): FunctionRecords {
  const records = recording(session, step, end).flatMap((part) =>
    part.journal ? [{ text: 'SAVEPOINT godwit_journal' }, part] : [part],
  )
  const usual = endsAsUsual(end) ? byName(session, step, end, records) : records
  return {
    parts: [...(begun ? [] : bareOpening(session)), ...usual, ...ending(session, end)],
    // Behind a step that may have left its mark, the session is looked at first.
    ahead: next?.inTransaction === true && !end.dirty ? byName(session, step, end, opening(session)) : [],
  }
}

/**
 * What records it once more, behind what {@link goesOnWithout} gave up of its entry in the journal: what the function did and its
 * history row are still there, behind the savepoint.
 */
export async function recordsAnew(session: WorkingSession, step: LoadedStep, end: StepEnd): Promise<Part[]> {
  await session.connection.send('ROLLBACK TO SAVEPOINT godwit_journal')
  return [...recording(session, step, end).filter((part) => part.journal), ...ending(session, end)]
}

function endsAsUsual({ mode, dirty, openId }: StepEnd): boolean {
  return mode === 'one' && !dirty && openId === undefined
}

/**
 * The records of a function that does nothing unusual, made while the server is at work on what it sent last: so the server
 * does not wait for them.
 */
export class ReadyRecords {
  readonly #session: WorkingSession
  readonly #step: LoadedStep
  readonly #next: CompiledStep | undefined
  #due: NodeJS.Immediate | undefined
  #made: { records: FunctionRecords; count: number; journaled: boolean; message: Message } | undefined

  constructor(session: WorkingSession, step: LoadedStep, next: CompiledStep | undefined) {
    this.#session = session
    this.#step = step
    this.#next = next
  }

  /** A query is on its way. `sent`: how many the function has sent by then. */
  behindQuery(sent: () => number): void {
    this.#due ??= setImmediate(() => {
      this.#due = undefined
      const { connection, journaled } = this.#session
      const end = { mode: 'one', statements: [], count: sent(), dirty: false }
      const records = recordsOf(this.#session, this.#step, end, this.#next, true)
      const message = connection.ready(compose([...records.parts, ...records.ahead]))
      this.#made = { records, count: end.count, journaled, message }
    })
  }

  /** Sends them, unless the function ended in another way than they were made for. */
  send(end: StepEnd): { records: FunctionRecords; answer: Promise<MessageResult> } | undefined {
    if (this.#due !== undefined) clearImmediate(this.#due)
    const { connection, journaled } = this.#session
    const made = this.#made
    if (
      !endsAsUsual(end) ||
      end.unasked ||
      made?.count !== end.count ||
      made.journaled !== journaled ||
      connection.transactionStatus !== 'T'
    )
      return undefined
    const { records, message } = made
    const answer = connection.sendReady(message)
    return answer && { records, answer: sendEnding(this.#session, [...records.parts, ...records.ahead], answer) }
  }
}
