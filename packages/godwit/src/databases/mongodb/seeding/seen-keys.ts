import { hash } from 'node:crypto'

const FIRST_SLOTS = 2 ** 12
/** 24 MB, for a million and a half of keys; what comes behind them is looked up, and not kept. */
const MOST_SLOTS = 2 ** 21
const NUMBERS_A_SLOT = 3

/** Keys that rows of a seed had, by a hash of 64 bits each, in memory that ends somewhere. */
export class SeenKeys {
  /** Two numbers of the hash, and the row's number; 0: free. */
  #slots = new Uint32Array(FIRST_SLOTS * NUMBERS_A_SLOT)
  #filled = 0

  /** The number of the row that had this key before, if any; else the row is kept. */
  rowOf(key: string, row: number): number | undefined {
    const digest = hash('sha1', Buffer.from(key, 'latin1'), 'buffer')
    const [high, low] = [digest.readUInt32LE(0), digest.readUInt32LE(4)]
    const at = this.#find(high, low)
    const found = this.#slots[at + 2]
    if (found) return found
    if (this.#full && !this.#grow()) return undefined
    this.#put(high, low, row)
    return undefined
  }

  get #full(): boolean {
    return this.#filled * 4 >= (this.#slots.length / NUMBERS_A_SLOT) * 3
  }

  #find(high: number, low: number): number {
    const slots = this.#slots
    const count = slots.length / NUMBERS_A_SLOT
    for (let slot = low % count; ; slot = (slot + 1) % count) {
      const at = slot * NUMBERS_A_SLOT
      if (slots[at + 2] === 0 || (slots[at] === high && slots[at + 1] === low)) return at
    }
  }

  #put(high: number, low: number, row: number): void {
    this.#slots.set([high, low, row], this.#find(high, low))
    this.#filled++
  }

  #grow(): boolean {
    const old = this.#slots
    if (old.length >= MOST_SLOTS * NUMBERS_A_SLOT) return false
    this.#slots = new Uint32Array(old.length * 2)
    this.#filled = 0
    for (let at = 0; at < old.length; at += NUMBERS_A_SLOT)
      if (old[at + 2] !== 0) this.#put(old[at] ?? 0, old[at + 1] ?? 0, old[at + 2] ?? 0)
    return true
  }
}
