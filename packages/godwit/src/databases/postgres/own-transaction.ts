import { tokens } from '../../sql/tokens.js'
import type { LoadedStep } from '../contract.js'
import { LOCAL_OWN_ROLE } from './clean.js'
import { MessageFailure } from './message.js'
import { SWALLOWED } from './note-failure.js'
import { bareOpening, fence } from './opening.js'
import { compose, type Part } from './parts.js'
import { shutOut } from './statement-failure.js'
import { entryOf } from './tail.js'
import { type TransactionWatch, watchTransaction } from './watch-transaction.js'
import type { WorkingSession } from './working-session.js'

const IN_FAILED_TRANSACTION = '25P02'

/**
 * What a function makes of the transaction that it was given. That it began is noted in the transaction that it commits by
 * itself, and the lease is asked for there: killed at any moment it is failed, or undone (invariant 18).
 */
export class OwnTransaction {
  readonly #session: WorkingSession
  readonly #step: LoadedStep
  readonly #watch: TransactionWatch
  /** A note in the transaction that is open, not committed yet. */
  #ahead: Promise<string | undefined> | undefined
  /** A note that is there for good. */
  #noted: Promise<string | undefined> | undefined
  #refusal: Error | undefined
  #silent = true
  #begunAnew = false

  constructor(session: WorkingSession, step: LoadedStep) {
    this.#session = session
    this.#step = step
    this.#watch = watchTransaction(session.client, {
      onCommit: () => {
        this.#noted ??= this.#ahead
        this.#ahead = undefined
      },
      onOutside: () => {
        this.#ahead = undefined
        if (this.#watch.committed()) this.#noted ??= this.#send([{ text: this.#note, journal: true }])
      },
    })
  }

  /** It is no longer the one that the function was given. */
  get ended(): boolean {
    return this.#watch.ended()
  }

  /** Something of the function's is there for good, or may be. */
  get committed(): boolean {
    return this.#watch.committed()
  }

  /** It ended what it was given, and nothing is left of it. */
  get rolledBack(): boolean {
    return this.ended && !this.committed
  }

  /** The open journal row of the function that committed. */
  get openId(): Promise<string | undefined> {
    return this.#noted ?? Promise.resolve(undefined)
  }

  /**
   * Comes just ahead of what the function sends.
   *
   * @returns why that must not be sent
   */
  before(query: unknown): Error | undefined {
    const { connection } = this.#session
    if (this.#silent && choosesIsolation(query)) this.#beginAnew()
    this.#silent = false
    if (this.#refusal !== undefined || !commits(query) || connection.outside) return this.#refusal
    const note: Part[] = this.#noted === undefined ? [{ text: this.#note, journal: true }] : []
    const sent = this.#send(note)
    if (this.#noted === undefined) this.#ahead = sent
    return undefined
  }

  /** Why one of its transactions was not committed, which the function was not told. */
  get refusal(): Error | undefined {
    return this.#refusal
  }

  /** In the transaction that is open nothing was asked (rule 3). */
  get unasked(): boolean {
    return this.ended || this.#begunAnew
  }

  stop(): void {
    this.#watch.stop()
  }

  // What chooses the isolation must come before everything that reads: the question comes ahead of the COMMIT then.
  #beginAnew(): void {
    this.#begunAnew = true
    const parts = [{ text: 'ROLLBACK' }, ...bareOpening(this.#session)]
    this.#session.connection.sendNow(compose(parts)).catch(() => {})
  }

  get #note(): string {
    const { journal, run } = this.#session
    return `${journal.insert(run, entryOf(this.#step, { mode: 'own', statements: [] }, 'open'))} RETURNING id`
  }

  async #send(note: readonly Part[]): Promise<string | undefined> {
    const session = this.#session
    const asked = [...fence(session), ...(session.journaled ? note : [])]
    if (asked.length === 0) return undefined
    const parts: Part[] = [...LOCAL_OWN_ROLE.map((text) => ({ text })), ...asked]
    try {
      return (await session.connection.sendNow(compose(parts))).lastRow[0] ?? undefined
    } catch (error) {
      this.#failed(parts, error)
      return undefined
    }
  }

  // The COMMIT of a failed transaction is a ROLLBACK, which the function is not told either.
  #failed(parts: readonly Part[], error: unknown): void {
    if (!(error instanceof MessageFailure) || this.#session.connection.lost !== undefined) return
    const left = this.committed ? 'kept' : 'undone'
    const failed = (error.cause as { code?: string }).code === IN_FAILED_TRANSACTION
    this.#refusal ??= failed
      ? new Error(SWALLOWED)
      : (shutOut(this.#step, parts[error.completed], left, error) ?? error.cause)
  }
}

// What stands behind other statements in one query is not seen in time: it is noted behind.
function commits(query: unknown): boolean {
  const [first, second] = firstWords(query)
  return (first === 'COMMIT' || first === 'END') && second !== 'PREPARED'
}

function choosesIsolation(query: unknown): boolean {
  const [first, ...rest] = firstWords(query)
  return first === 'SET' && /^(LOCAL )?TRANSACTION(_ISOLATION)?\b/.test(rest.join(' '))
}

/** The first three words of a query, in capitals; none of what is no text. */
export function firstWords(query: unknown): string[] {
  const text = typeof query === 'string' ? query : (Object(query) as { text?: unknown }).text
  if (typeof text !== 'string') return []
  const words: string[] = []
  for (const token of tokens(text)) {
    if (words.length === 3) break
    words.push(token.text.toUpperCase())
  }
  return words
}
