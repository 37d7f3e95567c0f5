import { GodwitError } from '../../../errors.js'
import type { LockHolder } from '../../contract.js'
import { ownerOf } from '../../lease/owner.js'
import { poll } from '../../lease/poll.js'
import { RUNNER_LOCK } from '../journal.js'
import type { WorkingSession } from '../working-session.js'
import type { LeaseHolder } from './lease.js'
import { endSession, sessionHolder } from './session-lock.js'

// The owner's last transaction holds the lease until the server has rolled it back.
const ENDING_MS = 10_000

/** Who holds the runner's lock; nothing when nobody does. Read-only. */
export async function lockHolder(session: WorkingSession): Promise<LockHolder | null> {
  return (await find(session))?.shown ?? null
}

/**
 * Takes the lock from its holder: when the lease ran out, or when `force` is the holder's name. Its session is ended, and
 * what it has under way can no longer be committed.
 *
 * @throws GodwitError GODWIT_LOCK_IN_USE when it is alive and `force` is not given, GODWIT_LOCK_OWNER when it is another's
 */
export async function unlock(
  session: WorkingSession,
  force: string | undefined,
): Promise<{ holder: LockHolder | null; released: boolean }> {
  const found = await find(session)
  if (found === undefined) return { holder: null, released: false }
  const { shown, lease } = found
  if (force !== undefined && force !== shown.owner && force !== lease?.owner)
    throw new GodwitError('GODWIT_LOCK_OWNER', { owner: shown.owner, named: force })
  if (force === undefined && !shown.expired) throw new GodwitError('GODWIT_LOCK_IN_USE', { ...shown })
  await endHolder(session, found)
  if (lease !== undefined) await revoke(session, lease.fence)
  return { holder: shown, released: true }
}

interface Found {
  shown: LockHolder
  /** Of the session that has it; `null`: there is none, or it is a pooler's. */
  backend: number | null
  lease: LeaseHolder | undefined
}

async function find({ client, lease }: WorkingSession): Promise<Found | undefined> {
  const [held, session] = [await lease.holder(client), await sessionHolder(client, RUNNER_LOCK)]
  const mine = held !== undefined && (held.pooled || session.backend === held.backend || session.backend === null)
  if (mine) {
    const { command, seconds, at, pooled, expired } = held
    // A direct runner whose session is gone is dead, whatever its lease says. Of another role's session the server tells
    // nothing but that it holds the lock.
    const alive = held.alive || (!pooled && session.backend === held.backend)
    const over = expired || (!pooled && !alive)
    return {
      shown: { owner: ownerOf(held), command, seconds, at, pooled, expired: over },
      backend: pooled || !alive ? null : held.backend,
      lease: held,
    }
  }
  if (session.backend === null) return undefined
  const owner = `backend ${session.backend}`
  const { seconds } = session
  return {
    shown: { owner, command: session.who, seconds, at: null, pooled: false, expired: false },
    backend: session.backend,
    lease: undefined,
  }
}

async function endHolder({ client, server }: WorkingSession, { backend, shown }: Found): Promise<void> {
  if (backend === null || (await endSession(client, backend))) return
  const what = `ending the session of ${shown.owner}`
  throw new GodwitError('GODWIT_PERMISSION', { what, reason: `${server.user} is not its role` })
}

async function revoke({ connection, lease }: WorkingSession, fence: string): Promise<void> {
  const waiting = { waitMs: ENDING_MS, onWait: () => {} }
  await poll(waiting, async () => {
    const { completed, lastRow } = await connection.send(lease.revoke(fence))
    if (lastRow[0] != null || completed === 0) return { got: undefined }
    const still = await lease.holder(connection.client)
    return still?.fence === fence ? { holder: 'what it has under way' } : { got: undefined }
  })
}
