import { randomBytes } from 'node:crypto'
import type { ObjectId } from 'mongodb'

const ROWS = 2 ** 24

/**
 * Makes the `_id`s of what one seed inserts, ahead of the insert. They are ObjectIds as any other: seconds, five random bytes
 * that are this upsert's, and in the place of the counter the row's number. So a document says by itself that a row of this very
 * seed was it, at any number of rows and with nothing in memory.
 */
export class RowIds {
  readonly #make: new (
    bytes: Uint8Array,
  ) => ObjectId
  readonly #mine = randomBytes(5)

  constructor(make: new (bytes: Uint8Array) => ObjectId) {
    this.#make = make
  }

  /** @param row its number in the seed */
  next(row: number): ObjectId {
    const bytes = Buffer.alloc(12)
    bytes.writeUInt32BE(Math.floor(Date.now() / 1_000))
    this.#mine.copy(bytes, 4)
    bytes.writeUIntBE(row % ROWS, 9, 3)
    return new this.#make(bytes)
  }

  /** The number of the row that it was made for; undefined: for none. Behind 16 million rows the number begins anew. */
  rowOf(id: unknown): number | undefined {
    const { id: bytes } = Object(id) as { id?: unknown }
    if (!(id instanceof this.#make) || !(bytes instanceof Uint8Array)) return undefined
    const buffer = Buffer.from(bytes)
    return buffer.subarray(4, 9).equals(this.#mine) ? buffer.readUIntBE(9, 3) : undefined
  }
}
