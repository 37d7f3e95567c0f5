import type { OpenOptions } from '../../contract.js'

// PostgreSQL keeps milliseconds in an int: what is longer would be refused.
const LONGEST_MS = 2_147_483_647

type Timeouts = Pick<OpenOptions, 'lockTimeoutMs' | 'statementTimeoutMs' | 'idleInTransactionSessionTimeoutMs'>

/** The SET commands for PostgreSQL's own timeouts; one that was not asked for stays as the server has it. */
export function timeoutSettings(options: Timeouts): string[] {
  const wanted: [string, number | undefined][] = [
    ['lock_timeout', options.lockTimeoutMs],
    ['statement_timeout', options.statementTimeoutMs],
    ['idle_in_transaction_session_timeout', options.idleInTransactionSessionTimeoutMs],
  ]
  return wanted.flatMap(([name, ms]) => (ms === undefined ? [] : [`SET ${name} = ${Math.min(ms, LONGEST_MS)}`]))
}
