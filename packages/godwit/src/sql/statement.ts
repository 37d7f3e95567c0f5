/** One statement of a script, as it stands in the source. */
export interface Statement {
  /** Exact source text, from the first token to the last: no `;`, no comments before or behind; those inside stay. */
  text: string
  /** 1-based. */
  line: number
  /** 1-based, in UTF-16 units; a BOM does not count. */
  column: number
  /** UTF-16 offset of `text[0]` in the script as it was pushed, a BOM included. */
  offset: number
  /** The data of a `COPY … FROM stdin` follows, as `copy-data` items up to a `copy-end`. */
  copyFromStdin: boolean
}

/** What a script is made of, in the order of the source. */
export type ScriptItem =
  | { kind: 'statement'; statement: Statement }
  /** A part of the data, never cut inside a character; the line `\.` is not in it. */
  | { kind: 'copy-data'; text: string }
  | { kind: 'copy-end' }
  /** A psql command (`\connect`, `\i`, …), which no server understands. */
  | { kind: 'psql'; text: string; line: number; column: number }

/** Where something stands in a script. */
export interface ScriptPlace {
  /** UTF-16 units from the start of the script. */
  offset: number
  /** 1-based. */
  line: number
  /** 1-based, in UTF-16 units. */
  column: number
}

/** A script that cannot be split: something was opened and never closed. The place is where it opens. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError'
  readonly offset: number
  readonly line: number
  readonly column: number

  constructor(message: string, place: ScriptPlace) {
    super(message)
    this.offset = place.offset
    this.line = place.line
    this.column = place.column
  }
}
