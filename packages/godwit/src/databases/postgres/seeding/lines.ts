/** Bytes that are sent at once, about. */
export const PIECE_BYTES = 64 * 1024
/** So much is put together as text: more of it would outlive the small collections of garbage. */
const TEXT_CHARACTERS = 2 * 1024

/** Bytes of a buffer: those of a piece, and what one more text can have. */
const BUFFER_BYTES = PIECE_BYTES + 3 * (TEXT_CHARACTERS + 4096)

/** Buffers that are used again: left to the collector of garbage, tens of megabytes would wait for it. */
export class BufferPool {
  #free: ArrayBufferLike[] = []

  /** One with at least so many bytes. */
  take(bytes: number): Buffer {
    const free = bytes <= BUFFER_BYTES ? this.#free.pop() : undefined
    return free === undefined ? Buffer.allocUnsafeSlow(Math.max(bytes, BUFFER_BYTES)) : Buffer.from(free)
  }

  /** Takes one back that nobody reads any more. */
  give({ buffer }: Buffer): void {
    if (buffer.byteLength === BUFFER_BYTES) this.#free.push(buffer)
  }
}

/** Lines on their way into a buffer of about 64 KB. */
export class Lines {
  #text = ''
  #buffer: Buffer | undefined
  #used = 0
  readonly #pool: BufferPool

  constructor(pool: BufferPool) {
    this.#pool = pool
  }

  /** @throws BrokenText */
  add(line: string): void {
    this.#text += line
    if (this.#text.length >= TEXT_CHARACTERS) this.#settle()
  }

  /** About how many bytes there are. */
  get size(): number {
    return this.#used + this.#text.length
  }

  /** Gives them, and begins anew. @throws BrokenText */
  take(): Buffer {
    this.#settle()
    const taken = this.#buffer?.subarray(0, this.#used) ?? Buffer.alloc(0)
    this.#buffer = undefined
    this.#used = 0
    return taken
  }

  #settle(): void {
    const text = this.#text
    this.#text = ''
    if (!text.isWellFormed()) throw new BrokenText(text)
    const room = this.#roomFor(text.length * 3)
    this.#used += room.write(text, this.#used)
  }

  #roomFor(bytes: number): Buffer {
    const buffer = this.#buffer
    if (buffer !== undefined && buffer.length - this.#used >= bytes) return buffer
    const larger = this.#pool.take(this.#used + bytes)
    if (buffer !== undefined) buffer.copy(larger, 0, 0, this.#used)
    this.#buffer = larger
    return larger
  }
}

/** Why text cannot be written. */
export const HALF_CHARACTER = 'it holds half of a character (a lone surrogate)'

/** Text that UTF-8 cannot write: half of a character that takes two units. Written all the same, it would become another one. */
export class BrokenText extends Error {
  /** How many whole lines come behind the first broken one, in what was not written yet. */
  readonly behind: number

  constructor(text: string) {
    super(HALF_CHARACTER)
    const lines = text.split('\n')
    this.behind = lines.length - 2 - lines.findIndex((line) => !line.isWellFormed())
  }
}
