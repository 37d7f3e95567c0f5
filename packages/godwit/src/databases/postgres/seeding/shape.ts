import type { SeedRow } from '../../seeding.js'
import { asIs, NULL_TEXT, type TextOf, textFor } from './copy-text.js'
import { GatheredKeys } from './gathered-keys.js'
import { BrokenText, type BufferPool, HALF_CHARACTER, Lines } from './lines.js'
import type { SeedColumn } from './table.js'

/** Rows that follow each other in a seed: the number of the first, from 1, and how many. */
export interface Run {
  first: number
  rows: number
}

/** Lines for one COPY, about 64 KB of them. */
export interface Piece {
  text: Buffer
  runs: Run[]
  rows: number
}

/** Why a row cannot be written. */
export class UnwritableRow extends Error {
  /** The row's number, where it is an earlier one than the row that was added. */
  readonly number: number | undefined

  constructor(reason: string, cause?: unknown, number?: number) {
    super(reason, { cause })
    this.number = number
  }
}

interface ShapeOf {
  key: readonly string[]
  stage: string
  numbered: boolean
  text: boolean
  pool: BufferPool
}

/** Rows that give the same columns. */
export class Shape {
  readonly columns: readonly SeedColumn[]
  readonly names: readonly string[]
  /** Columns of the key, in the order in which {@link Shape.keys} has them. */
  readonly key: readonly string[]
  /** Name of the temporary table of these rows, where there is one. */
  readonly stage: string
  /** The row's number goes ahead of its values, and no keys are gathered. */
  readonly numbered: boolean
  /** Values are text already. */
  readonly text: boolean
  readonly #texts: readonly TextOf[]
  readonly #inKey: readonly boolean[]
  /** How many rows there were so far. */
  rows = 0
  readonly #lines: Lines
  /** Of the rows that were added. Only where they are wanted. */
  readonly keys: GatheredKeys | undefined
  #runs: Run[] = []
  #rows = 0

  constructor(columns: readonly SeedColumn[], { key, stage, numbered, text, pool }: ShapeOf) {
    this.columns = columns
    this.names = columns.map(({ name }) => name)
    this.key = this.names.filter((name) => key.includes(name))
    this.stage = stage
    this.text = text
    this.#lines = new Lines(pool)
    this.keys = numbered ? undefined : new GatheredKeys(pool)
    this.#texts = columns.map(text ? () => asIs : textFor)
    this.#inKey = this.names.map((name) => key.includes(name))
    this.numbered = numbered
  }

  /** Whether a row gives these columns, in this order. Asked of every row: it makes no garbage. */
  fits(row: SeedRow): boolean {
    let i = 0
    for (const name in row) if (name !== this.names[i++] || row[name] === undefined) return false
    return i === this.names.length
  }

  /** Takes a row in. @throws UnwritableRow */
  add(row: SeedRow, number: number): void {
    let line = this.numbered ? String(number) : ''
    let key: string | undefined
    for (let i = 0; i < this.names.length; i++) {
      const name = this.names[i] as string
      const text = this.#textOf(i, row[name])
      line = i === 0 && !this.numbered ? text : `${line}\t${text}`
      if (this.#inKey[i] && text === NULL_TEXT) throw new UnwritableRow(`its key ${name} is null`)
      if (this.#inKey[i] && !this.numbered) key = key === undefined ? text : `${key}\t${text}`
    }
    if (key !== undefined) {
      if (!key.isWellFormed()) throw new UnwritableRow(HALF_CHARACTER)
      this.keys?.add(key)
    }
    this.#rows++
    this.rows++
    const run = this.#runs[this.#runs.length - 1]
    if (run !== undefined && run.first + run.rows === number) run.rows++
    else this.#runs.push({ first: number, rows: 1 })
    this.#writing(() => this.#lines.add(`${line}\n`))
  }

  /** About how many bytes are gathered. */
  get gathered(): number {
    return this.#lines.size
  }

  /** Gives what was gathered, and begins anew. @throws UnwritableRow */
  take(): Piece {
    const text = this.#writing(() => this.#lines.take())
    const piece = { text, runs: this.#runs, rows: this.#rows }
    this.#runs = []
    this.#rows = 0
    return piece
  }

  #writing<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof BrokenText)) throw error
      throw new UnwritableRow(error.message, error, numberOf(this.#runs, this.#rows - error.behind))
    }
  }

  #textOf(i: number, value: unknown): string {
    try {
      return (this.#texts[i] as TextOf)(value)
    } catch (error) {
      throw new UnwritableRow(`${this.names[i]}: ${(error as Error).message}`, error)
    }
  }
}

/** The row's number of a line. @param line from 1 */
export function numberOf(runs: readonly Run[], line: number): number {
  let left = line
  for (const { first, rows } of runs) {
    if (left <= rows) return first + left - 1
    left -= rows
  }
  return Number.NaN
}
