import type { ScriptPlace, Statement } from './statement.js'
import { StatementShape } from './statement-shape.js'

/** The statement that is being read; keeps its text across windows. */
export class StatementDraft {
  readonly shape = new StatementShape()
  readonly start: ScriptPlace
  #pieces: string[] = []

  constructor(start: ScriptPlace) {
    this.start = start
  }

  /** Keeps what the window holds of the statement, from `base` up to `end`, before the window drops it. */
  keep(window: string, base: number, end: number): void {
    this.#pieces.push(window.slice(Math.max(0, this.start.offset - base), end))
  }

  /** @param lastEnd offset in the script behind the last token; what follows it are comments and white space */
  finish(window: string, base: number, end: number, lastEnd: number): Statement {
    this.keep(window, base, end)
    const whole = this.#pieces.length === 1 ? (this.#pieces[0] as string) : this.#pieces.join('')
    const text = whole.slice(0, lastEnd - this.start.offset)
    return { text, ...this.start, copyFromStdin: this.shape.copyFromStdin }
  }
}
