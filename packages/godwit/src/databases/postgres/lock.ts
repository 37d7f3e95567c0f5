import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { GodwitError } from '../../errors.js'
import type { LockOptions } from '../contract.js'
import { RUNNER_LOCK } from './journal.js'
import type { WorkingSession } from './working-session.js'

const FIRST_POLL_MS = 50
const LAST_POLL_MS = 500

/**
 * Takes session advisory locks on the working session by trying and polling: a waiting lock call is a running
 * statement, and CREATE INDEX CONCURRENTLY would wait for it (rule 1).
 *
 * @param keys in the order they are taken; the runner's own lock first
 * @throws GodwitError GODWIT_LOCKED when the time is up
 */
export async function takeLocks(client: pg.Client, keys: readonly bigint[], options: LockOptions): Promise<void> {
  const started = performance.now()
  let pause = FIRST_POLL_MS
  for (const key of keys) {
    while (!(await tryLock(client, key))) {
      const waited = performance.now() - started
      const holder = await holderOf(client, key)
      if (waited >= options.waitMs) {
        await client.query('SELECT pg_advisory_unlock_all()')
        throw new GodwitError('GODWIT_LOCKED', { holder, waitedMs: waited })
      }
      options.onWait(holder, waited)
      await sleep(
        Math.min(pause, Math.max(options.waitMs - waited, 1)),
        undefined,
        options.signal === undefined ? {} : { signal: options.signal },
      )
      pause = Math.min(pause * 1.5, LAST_POLL_MS)
    }
  }
}

/**
 * After a cleaning the lock must still be there, or be free to take again; then another runner may have been at work.
 *
 * @returns true when the lock had to be taken again: what is known of the history is out of date
 * @throws GodwitError GODWIT_LOCK_LOST
 */
export async function checkLockHeld(session: WorkingSession, lastRow: readonly (string | null)[]): Promise<boolean> {
  if (lastRow[0] === 't') return false
  if (await tryLock(session.client, RUNNER_LOCK)) return true
  throw new GodwitError('GODWIT_LOCK_LOST', { holder: await holderOf(session.client, RUNNER_LOCK) })
}

async function tryLock(client: pg.Client, key: bigint): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [key.toString()])
  return rows[0]?.taken === true
}

async function holderOf(client: pg.Client, key: bigint): Promise<string> {
  const { rows } = await client.query<{ who: string; seconds: string }>(
    `SELECT coalesce(nullif(a.application_name, ''), 'a session') || ', backend ' || l.pid AS who,
       round(extract(epoch FROM clock_timestamp() - a.backend_start)) AS seconds
     FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
     WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::bigint::oid AND l.objid = $2::bigint::oid
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1`,
    [(key >> 32n).toString(), (key & 0xffffffffn).toString()],
  )
  const row = rows[0]
  return row === undefined ? 'a session that has just ended' : `${row.who}, connected for ${row.seconds} s`
}
