import { randomUUID } from 'node:crypto'
import type { MongoServerError } from 'mongodb'
import type { LockHolder, LockOptions, RunIdentity } from '../contract.js'
import { LEASE_MS, ownerName, ownerOf } from '../lease/owner.js'
import { type Attempt, poll } from '../lease/poll.js'
import { isNetworkError } from './connection-errors.js'
import type { LeaseDocument, Records } from './records.js'

const DUPLICATE_KEY = 11000
const MINE = { _id: 'runner' } as const

/** A holder that is watched: it is dead when nothing of it has changed for the time of a lease. */
interface Watched {
  fence: number
  beat: number
  /** By our own monotonic clock. */
  since: number
}

/**
 * Takes the lease: one document, made by whoever comes first. A held one is watched, and taken over when its heartbeat
 * stood still for the time of a lease, by our own clock (rule 10).
 *
 * @returns its fencing number, and the token that tells this owner from any other
 * @throws GodwitError GODWIT_LOCKED when the time is up
 */
export async function takeLease(records: Records, options: LockOptions): Promise<{ fence: number; token: string }> {
  const mine = owned(options.identity)
  let watched: Watched | undefined
  const attempt = async (): Promise<Attempt<number>> => {
    const free = await evenIfLost(records, mine, () => takeFree(records, mine))
    if (free !== undefined) return { got: free }
    const held = await records.lease.findOne(MINE)
    if (held === null || held.owner === null) return { holder: 'another runner' }
    if (watched?.fence !== held.fence || watched.beat !== held.beat)
      watched = { fence: held.fence, beat: held.beat, since: performance.now() }
    else if (performance.now() - watched.since >= LEASE_MS) {
      const seen = watched
      const taken = await evenIfLost(records, mine, () => takeOver(records, mine, seen))
      if (taken !== undefined) return { got: taken }
      watched = undefined
    }
    return { holder: describe(held) }
  }
  const { got } = await poll(options, attempt)
  return { fence: got, token: mine.$set.token }
}

// Nobody has it: the document is absent or has no owner. One that has an owner is not found, and cannot be made twice.
async function takeFree(records: Records, mine: Owned): Promise<number | undefined> {
  try {
    const taken = await records.lease.findOneAndUpdate({ ...MINE, owner: null }, mine, {
      upsert: true,
      returnDocument: 'after',
    })
    return taken === null ? undefined : await raise(records, taken.fence)
  } catch (error) {
    if ((error as MongoServerError).code === DUPLICATE_KEY) return undefined
    throw error
  }
}

async function takeOver(records: Records, mine: Owned, { fence, beat }: Watched): Promise<number | undefined> {
  const taken = await records.lease.findOneAndUpdate({ ...MINE, fence, beat }, mine, { returnDocument: 'after' })
  return taken === null ? undefined : raise(records, taken.fence)
}

// Where one was dropped, its numbers began anew; the runs still know the last. Whoever made it may have died before this.
async function raise({ lease, runs }: Records, fence: number): Promise<number | undefined> {
  const last = await runs.findOne({}, { sort: { _id: -1 } })
  if (last === null || last._id < fence) return fence
  const raised = await lease.findOneAndUpdate(
    { ...MINE, fence },
    { $set: { fence: last._id + 1 } },
    { returnDocument: 'after' },
  )
  return raised?.fence
}

function owned({ command, version }: RunIdentity) {
  return {
    $set: {
      owner: ownerName(),
      token: randomUUID() as string,
      command,
      version,
      beat: 0,
      at: null,
      acquiredAt: new Date(),
    },
    $inc: { fence: 1 },
  }
}

type Owned = ReturnType<typeof owned>

// The connection may be lost behind the taking: nobody else would have it then, for as long as a lease.
async function evenIfLost(
  records: Records,
  mine: Owned,
  take: () => Promise<number | undefined>,
): Promise<number | undefined> {
  try {
    return await take()
  } catch (error) {
    if (!isNetworkError(error)) throw error
    const taken = await records.lease.findOne({ ...MINE, token: mine.$set.token })
    return taken === null ? undefined : raise(records, taken.fence)
  }
}

/** Whether it is still ours; says at which migration we are. */
export async function holdLease({ lease }: Records, fence: number, at: string | null): Promise<boolean> {
  const { matchedCount } = await lease.updateOne({ ...MINE, fence }, { $inc: { beat: 1 }, $set: { at } })
  return matchedCount === 1
}

/** Gives it back, if it is still ours. */
export async function giveBack({ lease }: Records, fence: number): Promise<void> {
  await lease.updateOne({ ...MINE, fence }, { $set: { owner: null, at: null } })
}

/** Takes it from its owner by hand: what that has under way can no longer be recorded. */
export async function revoke({ lease }: Records, fence: number): Promise<boolean> {
  const { matchedCount } = await lease.updateOne(
    { ...MINE, fence },
    { $set: { owner: null, at: null }, $inc: { fence: 1 } },
  )
  return matchedCount === 1
}

/**
 * Who holds it, watched for long enough to see whether a heartbeat comes.
 *
 * @param watchMs 0: not watched, and called alive
 */
export async function leaseHolder(
  { lease }: Records,
  watchMs: number,
): Promise<{ shown: LockHolder; fence: number } | undefined> {
  const held = await lease.findOne(MINE)
  if (held === null || held.owner === null) return undefined
  const expired = watchMs > 0 && (await standsStill({ lease }, held, watchMs))
  const seconds = Math.max(0, Math.round((Date.now() - held.acquiredAt.getTime()) / 1000))
  const { command, at, owner } = held
  return { fence: held.fence, shown: { owner: ownerOf({ owner }), command, seconds, at, pooled: false, expired } }
}

async function standsStill({ lease }: Pick<Records, 'lease'>, held: LeaseDocument, watchMs: number): Promise<boolean> {
  const until = performance.now() + watchMs
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(500, watchMs)))
    const now = await lease.findOne(MINE)
    if (now?.fence !== held.fence || now.beat !== held.beat) return false
  }
  return true
}

function describe({ owner, command, at }: LeaseDocument): string {
  const whole = owner ?? ''
  const pid = whole.slice(whole.lastIndexOf('/') + 1)
  return [`${ownerOf({ owner: whole })} (pid ${pid}, ${command})`, ...(at === null ? [] : [`at ${at}`])].join(', ')
}
