import { type BufferPool, Lines } from './lines.js'

/** Keys of many rows: lines that COPY reads back, in UTF-8. */
export interface Keys {
  keys: Buffer | string
  rows: number
}

/** Keys of rows go into one record up to about this much. */
const RECORD_BYTES = 64 * 1024

/** Keys of rows that are on their way, as they are recorded. They lie outside of the heap: there they would outlive their rows. */
export class GatheredKeys {
  readonly #pool: BufferPool
  readonly #lines: Lines
  #rows = 0
  #full: { keys: Buffer; rows: number }[] = []

  constructor(pool: BufferPool) {
    this.#pool = pool
    this.#lines = new Lines(pool)
  }

  add(key: string): void {
    this.#lines.add(`${key}\n`)
    this.#rows++
    if (this.#lines.size >= RECORD_BYTES) this.#close()
  }

  /** Lets somebody use them, and begins anew. */
  async take(use: (keys: readonly Keys[]) => Promise<void>): Promise<void> {
    if (this.#rows > 0) this.#close()
    const taken = this.#full
    this.#full = []
    await use(taken)
    for (const { keys } of taken) this.#pool.give(keys)
  }

  #close(): void {
    this.#full.push({ keys: this.#lines.take(), rows: this.#rows })
    this.#rows = 0
  }
}
