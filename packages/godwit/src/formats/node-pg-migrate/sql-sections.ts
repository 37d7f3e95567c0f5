import type { Direction } from '../../engine/migration.js'
import type { Script } from '../contract.js'

/** Where a section's mark stands: characters from the start of the text, and the line, 1-based. */
interface Mark {
  at: number
  line: number
}

/** How much of a line is looked at: a mark stands at its beginning. */
const headLength = 200

const marks = {
  up: /^\s*--[\s-]*up\s+migration/i,
  down: /^\s*--[\s-]*down\s+migration/i,
}

/** Finds the first mark of each direction in text that arrives in pieces. */
export class SectionFinder {
  up: Mark | undefined
  down: Mark | undefined
  #head = ''
  #lineStart = 0
  #line = 1
  #length = 0

  push(piece: string): void {
    let start = 0
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', start)) {
      this.#take(piece, start, end)
      this.#look()
      start = end + 1
      this.#lineStart = this.#length + start
      this.#line++
      this.#head = ''
    }
    this.#take(piece, start, piece.length)
    this.#length += piece.length
  }

  end(): this {
    this.#look()
    return this
  }

  #take(piece: string, start: number, end: number): void {
    const missing = headLength - this.#head.length
    if (missing > 0) this.#head += piece.slice(start, Math.min(end, start + missing))
  }

  #look(): void {
    if (!this.#head.includes('--')) return
    const here = { at: this.#lineStart, line: this.#line }
    if (this.up === undefined && marks.up.test(this.#head)) this.up = here
    else if (this.down === undefined && marks.down.test(this.#head)) this.down = here
  }
}

/** The marks of a script. @throws GODWIT_FILE_UNREADABLE */
export async function findSections(script: Script): Promise<SectionFinder> {
  const finder = new SectionFinder()
  for await (const piece of script.read()) finder.push(piece)
  return finder.end()
}

/**
 * One direction's part of a script: from its mark to the other one, or to the end. Without marks everything is up.
 * `null`: no such part.
 */
export function sectionOf(script: Script, found: SectionFinder, direction: Direction): Script | null {
  const mark = found[direction]
  const other = found[direction === 'up' ? 'down' : 'up']
  if (mark === undefined) return direction === 'up' && other === undefined ? script : null
  const end = other !== undefined && other.at > mark.at ? other.at : Number.POSITIVE_INFINITY
  return {
    file: script.file,
    bytes: Math.min(script.bytes, end === Number.POSITIVE_INFINITY ? script.bytes : 4 * (end - mark.at)),
    read: () => between(script.read(), mark.at, end),
    firstLine: mark.line,
  }
}

async function* between(pieces: AsyncIterable<string>, from: number, to: number): AsyncGenerator<string> {
  let at = 0
  for await (const piece of pieces) {
    const part = piece.slice(Math.max(from - at, 0), Math.max(to - at, 0))
    if (part !== '') yield part
    at += piece.length
    if (at >= to) return
  }
}
