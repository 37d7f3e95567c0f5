import { GodwitError } from '../../../errors.js'
import type { SeedIdentity } from '../../seeding.js'
import { firstWords } from '../own-transaction.js'
import { type StatementWatch, watchStatements } from '../watch-statements.js'
import { type TransactionWatch, watchTransaction } from '../watch-transaction.js'
import type { WorkingSession } from '../working-session.js'

/** Rows that were written in tables of the project's. What was not reported yet of transactions before counts too. */
const WRITTEN = `SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_catalog.pg_stat_xact_user_tables
WHERE schemaname NOT LIKE 'pg\\_temp%' AND schemaname <>`

/** Sees what a function does with the transaction that it was given, which it must not end. */
export class FunctionWatch {
  readonly #session: WorkingSession
  readonly #name: string
  readonly #statements: StatementWatch
  readonly #transaction: TransactionWatch
  readonly #before: Promise<number>
  #refused = false

  /** @param quoted name of Godwit's own schema as a literal */
  constructor(session: WorkingSession, { name }: SeedIdentity, quoted: string) {
    this.#session = session
    this.#name = name
    this.#before = this.#written(quoted)
    this.#before.catch(() => {})
    this.writes = async () => (await this.#written(quoted)) > (await this.#before)
    this.#statements = watchStatements(session.client, (query) => {
      if (!endsTransaction(query)) return undefined
      this.#refused = true
      return this.#error('nothing')
    })
    this.#transaction = watchTransaction(session.client, { onCommit: () => {}, onOutside: () => {} })
  }

  /** Whether it has written anything. Where the server does not count, false. */
  readonly writes: () => Promise<boolean>

  /** The error of a function that ended the transaction, or tried to. */
  get fault(): GodwitError | undefined {
    if (this.#transaction.ended()) return this.#error(this.#transaction.committed() ? 'part' : 'nothing')
    return this.#refused ? this.#error('nothing') : undefined
  }

  stop(): void {
    this.#statements.stop()
    this.#transaction.stop()
  }

  #error(left: 'nothing' | 'part'): GodwitError {
    return new GodwitError('GODWIT_SEED_TRANSACTION', { name: this.#name, kept: left === 'part' }, { left })
  }

  async #written(quoted: string): Promise<number> {
    return Number((await this.#session.connection.sendNow(`${WRITTEN} ${quoted}`)).lastRow[0])
  }
}

// What stands behind other statements in one query is only seen when it is done.
function endsTransaction(query: unknown): boolean {
  const [first = '', second = '', third] = firstWords(query)
  if (first === 'PREPARE') return second === 'TRANSACTION'
  if (first === 'ROLLBACK') return second !== 'TO' && third !== 'TO'
  return ['COMMIT', 'END', 'ABORT'].includes(first)
}
