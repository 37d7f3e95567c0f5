import type { Document } from 'mongodb'
import type { SeedRow } from '../../seeding.js'

type Library = Pick<typeof import('mongodb').BSON, 'serialize' | 'deserialize'>

/** What the server takes as one document, in bytes. */
const LARGEST = 16 * 1024 * 1024

/** How documents are read to be compared: numbers are numbers, of whichever kind. */
const COMPARABLE = { promoteValues: true, promoteLongs: true, promoteBuffers: false, useBigInt64: false } as const
/** How they are read to be written back as they were. */
const EXACT = { promoteValues: false, promoteLongs: false, promoteBuffers: false, useBigInt64: false } as const

/** Documents as the project's own driver writes them: two that are written alike are the same. */
export class Bson {
  readonly #library: Library

  constructor(library: Library) {
    this.#library = library
  }

  /**
   * A row as it would be read back.
   *
   * @throws TypeError for what is no document, or the driver's own error
   */
  normal(row: SeedRow): Document {
    for (const name in row) {
      if (name.startsWith('$') || name.includes('.'))
        throw new TypeError(`${name}: the name of a field has no dot and no $ at its start`)
      const value = row[name]
      if (value instanceof Date && Number.isNaN(value.getTime())) throw new TypeError(`${name}: it is an invalid date`)
    }
    const bytes = this.#write(row)
    if (bytes.length > LARGEST) throw new TypeError('it is larger than the 16 MB that a document may have')
    return this.comparable(bytes)
  }

  comparable(bytes: Uint8Array): Document {
    return this.#library.deserialize(bytes, COMPARABLE)
  }

  exact(bytes: Uint8Array): Document {
    return this.#library.deserialize(bytes, EXACT)
  }

  size(document: Document): number {
    return this.#write(document).length
  }

  /** The same for the same values. */
  textOf(values: readonly unknown[]): string {
    return Buffer.from(this.#write({ values })).toString('latin1')
  }

  /** The fields of one that the other does not have with the same value. */
  different(given: Document, there: Document): string[] {
    const fields = Object.keys(given)
    const laid = Object.fromEntries(fields.map((field) => [field, there[field]]))
    if (Buffer.compare(this.#write(given), this.#write(laid)) === 0) return []
    return fields.filter((field) => this.textOf([given[field]]) !== this.textOf([laid[field]]) || !(field in there))
  }

  #write(document: Document): Uint8Array {
    return this.#library.serialize(document, { ignoreUndefined: true })
  }
}

/** The value at a path such as `address.city`. */
export function valueAt(document: Document, path: string): unknown {
  if (!path.includes('.')) return document[path]
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (Object.hasOwn(Object(value), name) ? (value as Document)[name] : undefined),
      document,
    )
}
