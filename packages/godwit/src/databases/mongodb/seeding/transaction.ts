import type { ClientSession } from 'mongodb'
import { commit, holdFence } from '../holding.js'
import type { MongoSession } from '../session.js'

/** A transaction does not grow beyond this, nor older: servers end it after a minute. */
const ROWS = 50_000
const AGE_MS = 20_000

/** What the driver needs for an operation to be part of a transaction, if there is one. */
export interface Within {
  session?: ClientSession
}

/** The transactions of one seed, one behind the other; none of them commits without the lease. */
export class SeedTransaction {
  readonly #session: MongoSession
  readonly #seed: string
  readonly #transaction: ClientSession
  #since = 0
  #rows = 0

  constructor(session: MongoSession, seed: string) {
    this.#session = session
    this.#seed = seed
    this.#transaction = session.connection.client.startSession()
    this.#start()
  }

  get within(): Within {
    return { session: this.#transaction }
  }

  /** Whether it has become too much for one, with this many rows more. */
  outgrown(rows: number): boolean {
    this.#rows += rows
    return this.#rows >= ROWS || performance.now() - this.#since >= AGE_MS
  }

  /** Makes what was written visible, and goes on in another. */
  async next(): Promise<void> {
    await this.commit()
    this.#start()
  }

  /** @throws GodwitError GODWIT_LEASE_LOST, and what the driver says */
  async commit(): Promise<void> {
    await holdFence(this.#session, { name: this.#seed, file: undefined }, this.#transaction)
    await commit(this.#transaction)
  }

  async abort(): Promise<void> {
    if (this.#transaction.inTransaction()) await this.#transaction.abortTransaction().catch(() => {})
  }

  async end(): Promise<void> {
    await this.#transaction.endSession().catch(() => {})
  }

  #start(): void {
    this.#transaction.startTransaction({ writeConcern: { w: 'majority' } })
    this.#since = performance.now()
    this.#rows = 0
  }
}
