import type { Blocker } from '../../../engine/events.js'
import { Connection } from '../connection.js'
import type { ConnectionSettings } from '../connection-settings.js'
import type { WorkingSession } from '../working-session.js'
import { readBlockers } from './blockers.js'

const POLL_EVERY_MS = 1_000
const AT_LEAST_MS = 100
const LOOK_AFTER_MS = 2_000
const CONNECT_WITHIN_MS = 3_000

/**
 * Looks, on a connection of its own, at who is in the way of a session. It connects only once an attempt has taken a
 * while, and where it cannot connect it goes without.
 */
export class BlockerWatch {
  readonly #settings: ConnectionSettings
  readonly #projectDir: string
  readonly #backend: number
  readonly #firstMs: number
  readonly #recentMs: number
  #connection: Promise<Connection | undefined> | undefined
  #attempt = 0
  #timer: NodeJS.Timeout | undefined
  #last: Blocker[] = []
  /** The last that there were. */
  #seen: { by: Blocker[]; at: number } = { by: [], at: 0 }

  private constructor(settings: ConnectionSettings, session: WorkingSession, backend: number) {
    const { lockTimeoutMs = 0, projectDir } = session.options
    this.#recentMs = lockTimeoutMs + 2 * POLL_EVERY_MS
    this.#settings = settings
    this.#projectDir = projectDir
    this.#backend = backend
    const half = lockTimeoutMs === 0 ? LOOK_AFTER_MS : lockTimeoutMs / 2
    this.#firstMs = Math.min(Math.max(half, AT_LEAST_MS), LOOK_AFTER_MS)
  }

  /** None for the embedded database, which has one connection and nobody to wait for; nor through a pooler, whose backends change. */
  static of(session: WorkingSession, settings: ConnectionSettings): BlockerWatch | undefined {
    const { processID } = session.client as unknown as { processID: number | null }
    return settings.stream !== undefined || session.pooled || processID === null
      ? undefined
      : new BlockerWatch(settings, session, processID)
  }

  /** An attempt begins; who gets in its way is told once, and again when it changes. */
  begin(onBlocked: (by: Blocker[]) => void): void {
    this.#attempt++
    this.#last = []
    this.#seen = { by: [], at: 0 }
    this.#next(this.#firstMs, onBlocked)
  }

  /** The attempt has ended: who was in its way. A look may come just after the server has given up and find nobody. */
  end(): Blocker[] {
    this.#attempt++
    clearTimeout(this.#timer)
    const { by, at } = this.#seen
    return performance.now() - at < this.#recentMs ? by : []
  }

  /** Ends the connection; one that is being made is ended when it is there. */
  close(): void {
    this.end()
    void this.#connection?.then((connection) => connection?.close())
  }

  #next(inMs: number, onBlocked: (by: Blocker[]) => void): void {
    this.#timer = setTimeout(() => void this.#look(onBlocked), inMs).unref()
  }

  async #look(onBlocked: (by: Blocker[]) => void): Promise<void> {
    const attempt = this.#attempt
    const by = await this.#ask().catch(() => undefined)
    if (attempt !== this.#attempt || by === undefined) return
    const changed = pidsOf(by) !== pidsOf(this.#last)
    this.#last = by
    if (by.length > 0) this.#seen = { by, at: performance.now() }
    if (changed && by.length > 0) onBlocked(by)
    this.#next(Math.min(this.#firstMs, POLL_EVERY_MS), onBlocked)
  }

  async #ask(): Promise<Blocker[] | undefined> {
    this.#connection ??= this.#connect()
    const connection = await this.#connection
    return connection && readBlockers(connection.client, this.#backend)
  }

  #connect(): Promise<Connection | undefined> {
    const config = { ...this.#settings.config, connectionTimeoutMillis: CONNECT_WITHIN_MS }
    return Connection.open({ ...this.#settings, config }, this.#projectDir).catch(() => undefined)
  }
}

function pidsOf(by: readonly Blocker[]): string {
  return by.map(({ pid }) => pid).join()
}
