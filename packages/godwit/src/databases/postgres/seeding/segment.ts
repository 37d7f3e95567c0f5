import type { SeedRow } from '../../seeding.js'
import { unescaped } from './copy-text.js'
import { numberOf, type Piece, type Shape } from './shape.js'

/** What one COPY carries; kept until the server has taken it, so that what it says against a line can be told of the row. */
export interface Segment {
  shape: Shape
  pieces: Piece[]
  bytes: number
}

/** A row that was sent. */
export interface SentRow {
  /** From 1. */
  number: number
  /** As text. */
  values: SeedRow
}

/** The row of a line. @param line from 1 */
export function sentRow({ shape, pieces }: Segment, line: number): SentRow | undefined {
  let left = line
  for (const piece of pieces) {
    if (left <= piece.rows) return { number: numberOf(piece.runs, left), values: valuesOf(shape, piece, left) }
    left -= piece.rows
  }
  return undefined
}

/** Every line with its row's number. */
export function* numberedLines({ pieces }: Segment): Iterable<[number: number, line: string]> {
  for (const piece of pieces) {
    const lines = piece.text.toString().split('\n')
    let at = 0
    for (const { first, rows } of piece.runs)
      for (let number = first; number < first + rows; number++) yield [number, lines[at++] as string]
  }
}

function valuesOf({ names, numbered }: Shape, { text }: Piece, line: number): SeedRow {
  const fields = (text.toString().split('\n')[line - 1] ?? '').split('\t').slice(numbered ? 1 : 0)
  return Object.fromEntries(names.map((name, i) => [name, unescaped(fields[i] ?? '')]))
}
