import { GodwitError } from '../../errors.js'
import type { LockHolder, LockOptions } from '../contract.js'
import { Heartbeat } from '../lease/heartbeat.js'
import { LEASE_MS } from '../lease/owner.js'
import { driverFile } from './driver.js'
import type { MongoHeartbeat } from './heartbeat-worker.js'
import { giveBack, leaseHolder, revoke, takeLease } from './lease.js'
import { clearPeerLock, freePeerLock, takePeerLock } from './peer-lock.js'
import { recordNames } from './records.js'
import type { MongoSession } from './session.js'

/** What keeps other runners out: the lease, renewed by a thread of its own, and the lock of the format's own tool. */
export class RunnerLock {
  readonly #session: MongoSession
  #heartbeat: Heartbeat<MongoHeartbeat> | undefined
  /** Of the lease. */
  #token = ''
  #peer = false

  constructor(session: MongoSession) {
    this.#session = session
  }

  /** @throws GodwitError GODWIT_LOCKED */
  async take(options: LockOptions): Promise<void> {
    const { records, connection, history } = this.#session
    // Held already: a reset takes it before it asks.
    if (this.#session.fence !== null) return
    const since = performance.now()
    const { fence, token } = await takeLease(records, options)
    this.#session.fence = fence
    this.#token = token
    try {
      // Transactions write it: one of the owner before fails from here on, and what it did is seen by whoever looks next.
      await records.settings.updateOne({ _id: 'fence' }, { $set: { value: fence } }, { upsert: true })
      // Ahead of the other lock: waiting for that may take longer than a lease stands.
      this.#keepAlive()
      if (history.peerLock !== undefined) {
        // Where the answer is lost, ours is there all the same.
        this.#peer = true
        await takePeerLock(connection, history.peerLock, token, { ...options, since })
      }
    } catch (error) {
      await this.giveBack()
      throw error
    }
  }

  /** The migration at work, for those who wait. */
  at(name: string): void {
    this.#heartbeat?.at(name)
  }

  /** @param way another one than the session's own, where that is closed */
  async giveBack(way: Pick<MongoSession, 'connection' | 'records'> = this.#session): Promise<void> {
    const { records, connection } = way
    const { history, fence } = this.#session
    await this.#heartbeat?.stop()
    this.#heartbeat = undefined
    this.#session.fence = null
    if (fence === null) return
    if (this.#peer && history.peerLock !== undefined)
      await freePeerLock(connection, history.peerLock, this.#token).catch(() => {})
    this.#peer = false
    await giveBack(records, fence).catch(() => {})
  }

  async holder(): Promise<LockHolder | null> {
    return (await leaseHolder(this.#session.records, 0))?.shown ?? null
  }

  /** @throws GodwitError GODWIT_LOCK_OWNER, GODWIT_LOCK_IN_USE */
  async unlock(force: string | undefined): Promise<{ holder: LockHolder | null; released: boolean }> {
    const { records, connection, history } = this.#session
    // Only a heartbeat that does not come tells the dead: that takes as long as a lease.
    const found = await leaseHolder(records, force === undefined ? LEASE_MS : 0)
    if (found === undefined) return { holder: null, released: false }
    const { shown, fence } = found
    if (force !== undefined && force !== shown.owner)
      throw new GodwitError('GODWIT_LOCK_OWNER', { owner: shown.owner, named: force })
    if (force === undefined && !shown.expired) throw new GodwitError('GODWIT_LOCK_IN_USE', { ...shown })
    const released = await revoke(records, fence)
    // A transaction that is under way fails at its end.
    if (released && history.peerLock !== undefined) await clearPeerLock(connection, history.peerLock)
    if (released) await records.settings.updateOne({ _id: 'fence' }, { $set: { value: fence + 1 } }, { upsert: true })
    return { holder: shown, released }
  }

  #keepAlive(): void {
    const { connection, options, fence, history } = this.#session
    const driver = driverFile(options.projectDir)
    if (driver === undefined || fence === null) return
    const [, , , collection = ''] = recordNames(options.schema)
    const { peerLock } = history
    this.#heartbeat = new Heartbeat<MongoHeartbeat>({
      worker: 'mongodb-heartbeat-worker.js',
      data: {
        driver,
        url: connection.place.url,
        options: connection.options,
        collection,
        fence: String(fence),
        peer: peerLock && { collection: peerLock.name, token: this.#token },
      },
      // Nothing more of ours may reach the server: what is under way ends with its connections.
      onLost: (lost) => {
        if (lost !== String(this.#session.fence)) return
        this.#session.lost = true
        void connection.client.close().catch(() => {})
      },
      onTrouble: (message) => options.onNotice?.(`the lease could not be renewed: ${message}`),
    })
    this.#heartbeat.start()
  }
}
