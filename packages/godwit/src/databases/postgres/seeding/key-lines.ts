import type { SeedRow } from '../../seeding.js'
import { textFor } from './copy-text.js'
import type { SeedColumn, SeedTable } from './table.js'

/** Keys of rows as lines that COPY reads back. */
export function keyLines(
  table: SeedTable,
  key: readonly string[],
  rows: readonly SeedRow[],
): { keys: string; rows: number } {
  const columns = key.map((name) => table.columns.find((column) => column.name === name) as SeedColumn)
  const texts = columns.map(textFor)
  const lines = rows.map((row) => key.map((name, i) => texts[i]?.(row[name])).join('\t'))
  return { keys: lines.map((line) => `${line}\n`).join(''), rows: rows.length }
}
