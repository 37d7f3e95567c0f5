import { GodwitError } from '../../../errors.js'
import { peerFile } from '../../../loading/peer.js'
import type { LockOptions, RunIdentity } from '../../contract.js'
import { Heartbeat } from '../../lease/heartbeat.js'
import { type Attempt, poll } from '../../lease/poll.js'
import type { Connection } from '../connection.js'
import { RUNNER_LOCK } from '../journal.js'
import { rightLacking } from '../server-errors.js'
import type { PostgresHeartbeat } from './heartbeat-worker.js'
import { describeHolder, type Lease } from './lease.js'
import { sessionHolder, takeSessionLocks } from './session-lock.js'

// What is done sooner needs no heartbeat; what runs code may block this thread at any moment.
const QUIET_MS = 2_500

/** What a lock is taken for. */
export interface RunnerLockOptions {
  projectDir: string
  peerLocks: readonly bigint[]
  lease: Lease
  pooled: boolean
  /** Another runner took the lease: what is under way must be stopped. */
  onLost: () => void
  /** Told what does not matter unless something is looked into. */
  onTrouble: (message: string) => void
}

/**
 * What keeps other runners out: session locks where the connection is a session, and the lease, kept alive by a
 * heartbeat (rules 1–9).
 */
export class RunnerLock {
  /** The fencing number of our lease; `null` without one. */
  fence: string | null = null
  /** Another runner has taken the lease. */
  lost = false
  readonly #options: RunnerLockOptions
  #waiting: LockOptions | undefined
  #heartbeat: Heartbeat<PostgresHeartbeat> | undefined
  #delay: NodeJS.Timeout | undefined
  /** Nothing of another runner's can be committed from `take` on. */
  #alone = false

  constructor(options: RunnerLockOptions) {
    this.#options = options
  }

  /**
   * Takes what can be taken without writing anything new: the session's locks, or a lease that has its table already.
   *
   * @param leased the lease's table is there
   * @throws GodwitError GODWIT_LOCKED
   */
  async take(connection: Connection, leased: boolean, options: LockOptions): Promise<void> {
    this.#waiting = options
    if (!this.#options.pooled) this.#alone = await this.#takeSession(connection, leased, options)
    else if (leased) await this.#takeLease(connection, options, false)
  }

  /**
   * Takes the lease and opens the run's journal row.
   *
   * @returns the row's id, and whether another runner was waited for
   * @throws GodwitError GODWIT_LOCKED
   */
  async takeLease(connection: Connection, identity: RunIdentity): Promise<{ run: string; waited: boolean }> {
    const options = { ...this.waiting, identity }
    const before = this.fence
    const { run, waited } = await this.#takeLease(connection, options, true)
    // Held since `take`, it is only moved on by one; behind the session's lock it may be the first one there is. Else others
    // had it since the history was read: it may have run out while the migrations were loaded, and have been given back since.
    const known = this.#options.pooled ? before : '0'
    const guarded = this.#alone || (known !== null && BigInt(this.fence ?? 0) === BigInt(known) + 1n)
    return { run: run as string, waited: waited || !guarded }
  }

  /** How patient the taking was. */
  get waiting(): LockOptions {
    if (this.#waiting === undefined) throw new GodwitError('GODWIT_BUG', { what: 'a lease without a lock' })
    return this.#waiting
  }

  /** Begins to renew the lease. `atOnce`: what will run may block this thread. */
  keepAlive(connection: Connection, atOnce: boolean): void {
    const { projectDir, lease, onLost, onTrouble } = this.#options
    const driver = peerFile('pg', projectDir)
    if (this.fence === null || this.#heartbeat !== undefined || driver === undefined) return
    const heartbeat = new Heartbeat<PostgresHeartbeat>({
      worker: 'heartbeat-worker.js',
      data: {
        driver,
        config: { ...connection.config, application_name: 'godwit heartbeat' },
        renewal: lease.renewal,
        fence: this.fence,
      },
      onLost: (fence) => {
        // It may have been taken again since the thread looked.
        if (fence !== this.fence) return
        this.lost = true
        onLost()
      },
      onTrouble: (message) => onTrouble(`the lease could not be renewed: ${message}`),
    })
    this.#heartbeat = heartbeat
    if (atOnce) heartbeat.start()
    else this.#delay = setTimeout(() => heartbeat.start(), QUIET_MS).unref()
  }

  /** The migration at work, for those who wait. */
  at(name: string): void {
    this.#heartbeat?.at(name)
  }

  /**
   * Behind a lost connection: takes everything again on a new one, once the server is done with what the old one sent and
   * whoever took over meanwhile has ended.
   *
   * @throws GodwitError GODWIT_LOCKED when it is held for longer than the wait
   */
  async retake(connection: Connection, options: LockOptions): Promise<void> {
    if (!this.#options.pooled) await this.#takeSession(connection, this.fence !== null, options)
    if (this.fence !== null) await this.#takeLease(connection, options, false)
  }

  /** Gives the lease back and ends the heartbeat. The session's locks end with the session. */
  async giveBack(connection: Connection): Promise<void> {
    const { fence } = this
    await this.abandon()
    if (fence === null || this.lost || connection.lost !== undefined) return
    await connection.send(this.#options.lease.giveBack(fence)).catch(() => {})
  }

  /** Ends the heartbeat and leaves the lease to run out. */
  async abandon(): Promise<void> {
    clearTimeout(this.#delay)
    await this.#heartbeat?.stop()
    this.#heartbeat = undefined
    this.fence = null
  }

  async #takeSession({ client }: Connection, leased: boolean, options: LockOptions): Promise<boolean> {
    const { peerLocks: peers, lease } = this.#options
    return takeSessionLocks({ client, peers, lease, mine: this.fence, leased }, options)
  }

  async #takeLease(
    connection: Connection,
    options: LockOptions,
    opensRun: boolean,
  ): Promise<{ run: string | null; waited: boolean }> {
    const { lease, pooled, peerLocks } = this.#options
    const unlessLocked = pooled ? [RUNNER_LOCK, ...peerLocks] : []
    const attempt = async (): Promise<Attempt<{ fence: string; run: string | null }>> => {
      const take = lease.take(options.identity, { pooled, mine: this.fence, opensRun, unlessLocked })
      const [fence, run] = (await connection.send(take)).lastRow
      return fence == null ? { holder: await this.#inTheWay(connection) } : { got: { fence, run: run ?? null } }
    }
    const { got, waited } = await poll(options, attempt)
    this.fence = got.fence
    this.lost = false
    this.#heartbeat?.fence(got.fence)
    return { run: got.run, waited }
  }

  async #inTheWay({ client }: Connection): Promise<string> {
    const { lease, pooled, peerLocks } = this.#options
    const holder = await lease.holder(client)
    if (holder !== undefined && !holder.expired) return describeHolder(holder)
    if (holder === undefined) await mended(client, lease)
    // On a direct connection these are our own by now.
    for (const key of pooled ? [RUNNER_LOCK, ...peerLocks] : []) {
      const { who, backend } = await sessionHolder(client, key)
      if (backend !== null) return who
    }
    const prepared = await lease.prepared(client)
    return prepared === undefined
      ? 'what a former runner has under way'
      : `prepared transaction '${prepared}', until a COMMIT PREPARED or ROLLBACK PREPARED ends it`
  }
}

async function mended(client: Connection['client'], lease: Lease): Promise<void> {
  try {
    await lease.mend(client)
  } catch (error) {
    throw rightLacking('making the row of the lease anew', error)
  }
}
