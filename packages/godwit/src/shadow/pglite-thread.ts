import { Worker } from 'node:worker_threads'
import type { ProtocolServer } from '../databases/embedded/stream.js'
import { builtWorker } from '../loading/built-worker.js'
import type { PgliteAnswer, PgliteData, PgliteOrder } from './pglite-orders.js'

interface Waiting {
  resolve: (bytes: Uint8Array | null) => void
  reject: (error: Error) => void
}

/**
 * A PGlite in memory on a thread of its own: it starts and works while this one loads a project's models, and what it is long at does
 * not keep a signal from coming through.
 */
export class PgliteThread implements ProtocolServer {
  readonly #worker: Worker
  readonly #waiting: Waiting[] = []
  #ended: Error | undefined

  private constructor(data: PgliteData) {
    const { archive } = data
    this.#worker = new Worker(builtWorker('pglite-worker.js'), {
      workerData: data,
      transferList: archive === undefined ? [] : [archive.buffer as ArrayBuffer],
    })
    this.#worker.on('message', (answer: PgliteAnswer) => this.#answered(answer))
    this.#worker.on('error', (error: Error) => this.#end(error))
    this.#worker.on('exit', () => this.#end(new Error('The thread of PGlite has ended.')))
  }

  /** Throws what loading or starting PGlite throws, such as for a damaged archive. `archive` is taken away by this. */
  static async open(data: PgliteData, meanwhile?: () => void): Promise<PgliteThread> {
    const thread = new PgliteThread(data)
    const started = thread.#answer()
    meanwhile?.()
    try {
      await started
      return thread
    } catch (error) {
      await thread.close()
      throw error
    }
  }

  async execProtocolRaw(messages: Uint8Array): Promise<Uint8Array> {
    // A copy: the client's buffers hold more than this message.
    const copy = Uint8Array.from(messages)
    return (await this.#ask({ type: 'protocol', messages: copy }, copy)) as Uint8Array
  }

  /** Runs statements of which nothing is read. */
  async run(sql: string): Promise<void> {
    await this.#ask({ type: 'run', sql })
  }

  /** Its data folder, as an uncompressed archive. */
  async archive(): Promise<Uint8Array> {
    return (await this.#ask({ type: 'archive' })) as Uint8Array
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #ask(order: PgliteOrder, given?: Uint8Array): Promise<Uint8Array | null> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    this.#worker.postMessage(order, given === undefined ? [] : [given.buffer as ArrayBuffer])
    return this.#answer()
  }

  // Nothing keeps the process but what is waited for.
  #answer(): Promise<Uint8Array | null> {
    this.#worker.ref()
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  #answered(answer: PgliteAnswer): void {
    const waiting = this.#waiting.shift()
    if (this.#waiting.length === 0) this.#worker.unref()
    if ('error' in answer) waiting?.reject(Object.assign(new Error(answer.error.message), answer.error))
    else waiting?.resolve(answer.bytes)
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended)
  }
}
