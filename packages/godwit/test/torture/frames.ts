/** A whole or partial message of PostgreSQL's protocol, in the order it came. */
export interface Piece {
  bytes: Buffer
  /** The message's type; empty for the first one of a client, which has none. */
  type: string
  /** This piece begins a message; a message may come in several pieces. */
  first: boolean
  /** This piece ends its message. */
  last: boolean
  /** Bytes of the message in all. */
  length: number
}

/** Cuts a stream of protocol bytes at its messages, however the network has cut it. */
export class Frames {
  #untyped: boolean
  #head = Buffer.alloc(0)
  #left = 0
  #type = ''
  #length = 0

  /** @param startsUntyped the stream begins as a client's does: with a message that has no type */
  constructor(startsUntyped: boolean) {
    this.#untyped = startsUntyped
  }

  pieces(chunk: Buffer): Piece[] {
    const pieces: Piece[] = []
    let rest = Buffer.concat([this.#head, chunk])
    this.#head = Buffer.alloc(0)
    while (rest.length > 0) {
      let first = false
      if (this.#left === 0) {
        const size = this.#untyped ? 4 : 5
        if (rest.length < size) {
          this.#head = rest
          break
        }
        this.#type = this.#untyped ? '' : String.fromCharCode(rest[0] as number)
        this.#length = rest.readInt32BE(size - 4) + size - 4
        this.#left = this.#length
        this.#untyped = false
        first = true
      }
      const bytes = rest.subarray(0, this.#left)
      rest = rest.subarray(bytes.length)
      this.#left -= bytes.length
      pieces.push({ bytes, type: this.#type, first, last: this.#left === 0, length: this.#length })
    }
    return pieces
  }
}
