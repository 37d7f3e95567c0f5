import type pg from 'pg'
import { GodwitError } from '../../../errors.js'
import type { LockOptions } from '../../contract.js'
import { type Attempt, poll } from '../../lease/poll.js'
import { RUNNER_LOCK } from '../journal.js'
import type { WorkingSession } from '../working-session.js'
import { describeHolder, type Lease, type LeaseHolder } from './lease.js'

/** What the session locks are taken with. */
export interface SessionLocks {
  client: pg.Client
  /** The peers' locks, behind the runner's own one. */
  peers: readonly bigint[]
  lease: Lease
  /** The fence of a lease that is our own already. */
  mine: string | null
  /** The lease's table is there. */
  leased: boolean
}

/**
 * Takes session advisory locks on the working session, the runner's own one first. A session that holds it, whose lease
 * ran out and which has done nothing for as long, is frozen, and is ended (rule 3). A lease that is held without a
 * session is waited out.
 *
 * @returns whether nobody can have anything under way: not where a lease that was held without a session ran out, whose
 * owner's last transaction may still come to its COMMIT, nor where there was no lease to look at
 * @throws GodwitError GODWIT_LOCKED when the time is up
 */
export async function takeSessionLocks(locks: SessionLocks, options: LockOptions): Promise<boolean> {
  const { client, peers } = locks
  const keys = [RUNNER_LOCK, ...peers]
  let taken = 0
  const attempt = async (): Promise<Attempt<boolean>> => {
    for (let key = keys[taken]; key !== undefined; key = keys[++taken]) {
      if (!(await tryLock(client, key))) return { holder: await inTheWay(locks, key) }
    }
    if (!locks.leased) return { got: false }
    const elsewhere = await ownerWithoutSession(locks)
    if (elsewhere === undefined || elsewhere.expired) return { got: elsewhere === undefined }
    await freeLocks(client)
    taken = 0
    return { holder: describeHolder(elsewhere) }
  }
  try {
    return (await poll(options, attempt)).got
  } catch (error) {
    // What another one waits for must not be kept by one that gave up.
    await freeLocks(client).catch(() => {})
    throw error
  }
}

/**
 * After a cleaning the lock must still be there, or be free to take again; then another runner may have been at work.
 *
 * @returns true when the lock had to be taken again: what is known of the history is out of date
 * @throws GodwitError GODWIT_LOCK_LOST
 */
export async function checkLockHeld(session: WorkingSession, lastRow: readonly (string | null)[]): Promise<boolean> {
  if (session.pooled || lastRow[0] === 't') return false
  if (await tryLock(session.client, RUNNER_LOCK)) {
    session.unfinished = null
    return true
  }
  const holder = await sessionHolder(session.client, RUNNER_LOCK)
  throw new GodwitError('GODWIT_LOCK_LOST', { holder: holder.who })
}

/** A session that holds an advisory lock. */
export interface SessionHolder {
  /** For people. */
  who: string
  /** `null`: nobody holds it any more. */
  backend: number | null
  /** For how long it has been connected. */
  seconds: number
}

/** Who holds an advisory lock. */
export async function sessionHolder(client: pg.Client, key: bigint): Promise<SessionHolder> {
  const { rows } = await client.query<{ who: string; seconds: string; pid: number }>(
    `SELECT coalesce(nullif(a.application_name, ''), 'a session') || ', backend ' || l.pid AS who, l.pid,
       round(extract(epoch FROM clock_timestamp() - a.backend_start)) AS seconds
     FROM pg_catalog.pg_locks AS l LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
     WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::bigint::oid AND l.objid = $2::bigint::oid
       AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) LIMIT 1`,
    [(key >> 32n).toString(), (key & 0xffffffffn).toString()],
  )
  const row = rows[0]
  return row === undefined
    ? { who: 'a session that has just ended', backend: null, seconds: 0 }
    : { who: `${row.who}, connected for ${row.seconds} s`, backend: row.pid, seconds: Number(row.seconds) }
}

async function inTheWay({ client, lease }: SessionLocks, key: bigint): Promise<string> {
  const session = await sessionHolder(client, key)
  if (key !== RUNNER_LOCK) return session.who
  const holder = await lease.holder(client)
  if (holder === undefined || holder.backend !== session.backend) return session.who
  const words = describeHolder(holder)
  // Only its heartbeat may be in trouble, as where the server has no connection left: what is under way is let finish.
  if (!holder.expired || holder.busy) return words
  return (await endSession(client, holder.backend)) ? words : `${words}; this role may not end its session`
}

/** Ends a session that is ours to end; false: the role may not. */
export async function endSession(client: pg.Client, backend: number): Promise<boolean> {
  try {
    await client.query('SELECT pg_terminate_backend($1)', [backend])
    return true
  } catch (error) {
    if ((error as { code?: string }).code === '42501') return false
    throw error
  }
}

async function ownerWithoutSession({ client, lease, mine }: SessionLocks): Promise<LeaseHolder | undefined> {
  const holder = await lease.holder(client)
  return holder?.pooled === true && holder.fence !== mine ? holder : undefined
}

async function tryLock(client: pg.Client, key: bigint): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [key.toString()])
  return rows[0]?.taken === true
}

async function freeLocks(client: pg.Client): Promise<void> {
  await client.query('SELECT pg_advisory_unlock_all()')
}
