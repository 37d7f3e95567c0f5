import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { builtWorker } from '../../loading/built-worker.js'
import { sharedName, writeName } from './shared-name.js'

const LAST_WORDS_MS = 1_000

/** What every thread is given; each kind of database adds its own. */
export interface HeartbeatData {
  fence: string
  /** The migration at work: see `shared-name.ts`. */
  at: SharedArrayBuffer
}

/** What the thread is told. */
export type HeartbeatOrder = { type: 'fence'; fence: string } | { type: 'stop' }

/** What the thread tells. */
export type HeartbeatNews = { type: 'lost'; fence: string } | { type: 'trouble'; message: string }

/** How a heartbeat is kept. */
export interface HeartbeatOptions<Data extends HeartbeatData = HeartbeatData> {
  /** The file of the thread, as it is built. */
  worker: string
  /** Functions in it stay here: without its own check of a certificate's name a connection is only stricter. */
  data: Omit<Data, 'at'>
  /** Another runner has the lease. */
  onLost: (fence: string) => void
  onTrouble: (message: string) => void
}

/**
 * Renews the lease from a thread of its own, on a connection of its own: what blocks this thread, a compiler or
 * `execSync`, does not let the lease run out (rule 5). A renewal that fails is tried again; what protects the data is
 * the fence.
 */
export class Heartbeat<Data extends HeartbeatData = HeartbeatData> {
  readonly #options: HeartbeatOptions<Data>
  #worker: Worker | undefined
  readonly #at = sharedName()

  constructor(options: HeartbeatOptions<Data>) {
    this.#options = options
  }

  start(): void {
    if (this.#worker !== undefined) return
    const { onLost, onTrouble } = this.#options
    const worker = this.#begin()
    if (worker === undefined) return
    worker.unref()
    worker.on('message', (news: HeartbeatNews) => (news.type === 'lost' ? onLost(news.fence) : onTrouble(news.message)))
    worker.on('error', (error: Error) => onTrouble(error.message))
    // One that died by itself cannot be asked to stop, and keeps nothing alive while it is waited for.
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
    })
    this.#worker = worker
  }

  // It starts in the middle of a migration: where no thread can be had (not built, not permitted), that goes on without.
  #begin(): Worker | undefined {
    const { worker, data, onTrouble } = this.#options
    try {
      return new Worker(builtWorker(worker), { workerData: { ...cloneable(data), at: this.#at } })
    } catch (error) {
      onTrouble(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  /** The migration at work, for those who wait. */
  at(name: string): void {
    writeName(this.#at, name)
  }

  /** The lease is the same runner's, under another number. */
  fence(fence: string): void {
    this.#options.data.fence = fence
    this.#tell({ type: 'fence', fence })
  }

  async stop(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    if (worker === undefined) return
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    // Where the working connection is gone, nothing else keeps the process: it would end here, without a word.
    worker.ref()
    worker.postMessage({ type: 'stop' } satisfies HeartbeatOrder)
    await Promise.race([ended, sleep(LAST_WORDS_MS, undefined, { ref: false })])
    await worker.terminate()
  }

  #tell(order: HeartbeatOrder): void {
    this.#worker?.postMessage(order)
  }
}

function cloneable<T extends object>(config: T): T {
  const entries = Object.entries(config).filter(([, value]) => typeof value !== 'function')
  return Object.fromEntries(entries.map(([key, value]) => [key, isPlain(value) ? cloneable(value) : value])) as T
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
