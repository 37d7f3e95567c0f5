import { stripVTControlCharacters } from 'node:util'
import pc from 'picocolors'

/** A function makes it when it is written. */
export type Line = string | (() => string)

/** Where a command writes: results on stdout, progress and errors on stderr, with `--json` one document and nothing else. */
export class Output {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  /** Colours for stdout and for stderr: only on a terminal, and `NO_COLOR` is respected. */
  readonly paint: ReturnType<typeof pc.createColors>
  readonly paintError: ReturnType<typeof pc.createColors>
  readonly #progress: boolean
  readonly #results: Results
  #line = ''

  constructor(flags: { json?: boolean; quiet?: boolean; verbose?: boolean; color?: boolean }) {
    this.json = flags.json ?? false
    this.quiet = flags.quiet ?? false
    this.verbose = flags.verbose ?? false
    const wanted = flags.color !== false && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb'
    this.paint = pc.createColors(wanted && process.stdout.isTTY === true)
    this.paintError = pc.createColors(wanted && process.stderr.isTTY === true)
    this.#progress = process.stderr.isTTY === true && !this.json && !this.quiet
    this.#results = new Results()
  }

  /** A line of the result; nothing with `--json` or `--quiet`. */
  say(line: Line = ''): void {
    if (this.json || this.quiet) return
    this.clearProgress()
    this.#results.write(line)
  }

  /** The one document of `--json`. */
  document(value: unknown): void {
    if (this.json) this.#results.write(JSON.stringify(value, null, 2))
  }

  /** A line that is no result: warnings, errors. */
  tell(text: string): void {
    this.clearProgress()
    this.#results.flush()
    process.stderr.write(`${text}\n`)
  }

  /** What only `--verbose` shows. */
  detail(text: string): void {
    if (this.verbose) this.tell(this.paintError.dim(text))
  }

  /** Replaces the progress line; only on a terminal. */
  progress(line: Line): void {
    if (!this.#progress) return
    const width = (process.stderr.columns ?? 80) - 1
    const cut = stripVTControlCharacters(textOf(line)).slice(0, width)
    process.stderr.write(`\r\u001b[K${this.paintError.dim(cut)}`)
    this.#line = cut
  }

  /** Takes the progress line away. */
  clearProgress(): void {
    if (this.#line === '') return
    process.stderr.write('\r\u001b[K')
    this.#line = ''
  }
}

/** Sooner than people notice, and long enough for several quick migrations. */
const WRITE_EVERY_MS = 50
/** At the first of them a full pipe can still be waited for; an exit by hand has only the second. */
const ENDS = ['beforeExit', 'exit'] as const

/**
 * What goes to stdout. Into a file or a pipe it is written a moment later, what came meanwhile at once: a line at a time
 * slows quick migrations down. What a migration prints itself stays behind what was said before it.
 */
class Results {
  #held: Line[] = []

  write(line: Line): void {
    if (process.stdout.isTTY === true) {
      process.stdout.write(written(line))
      return
    }
    if (this.#held.length === 0) this.#hold()
    this.#held.push(line)
  }

  flush = (): void => {
    if (this.#held.length === 0) return
    for (const end of ENDS) process.removeListener(end, this.flush)
    if (process.stdout.write === this.#afterHeld) Reflect.deleteProperty(process.stdout, 'write')
    process.stdout.write(this.#held.map(written).join(''))
    this.#held = []
  }

  #hold(): void {
    setTimeout(this.flush, WRITE_EVERY_MS).unref()
    for (const end of ENDS) process.once(end, this.flush)
    process.stdout.write = this.#afterHeld
  }

  // Somebody else writes.
  #afterHeld = (...given: unknown[]): boolean => {
    this.flush()
    return (process.stdout.write as (...given: unknown[]) => boolean)(...given)
  }
}

function textOf(line: Line): string {
  return typeof line === 'string' ? line : line()
}

function written(line: Line): string {
  return `${textOf(line)}\n`
}
