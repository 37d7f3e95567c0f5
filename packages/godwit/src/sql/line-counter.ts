import type { ScriptPlace } from './statement.js'

/** Knows line and column of places in a text that passes by in windows; only moves forward. */
export class LineCounter {
  #line = 1
  #lineStart: number
  #counted: number

  /** @param first offset of the first character, behind a BOM */
  constructor(first: number) {
    this.#lineStart = first
    this.#counted = first
  }

  /** Where `offset` is; the window begins at `base` and holds everything not yet counted. */
  place(offset: number, window: string, base: number): ScriptPlace {
    this.count(offset, window, base)
    return { offset, line: this.#line, column: offset - this.#lineStart + 1 }
  }

  /** Counts up to `until`, after which the window may drop it. */
  count(until: number, window: string, base: number): void {
    let at = this.#counted - base
    for (;;) {
      const found = window.indexOf('\n', at)
      if (found < 0 || found >= until - base) break
      this.#line++
      at = found + 1
      this.#lineStart = base + at
    }
    this.#counted = until
  }
}
