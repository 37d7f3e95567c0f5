import type { SeedBatch, SeedRow } from '../databases/seeding.js'
import { GodwitError } from '../errors.js'
import type { RowTools, SeedRows } from './definition.js'

/** Enough to keep the database busy, little enough to lie in memory. */
const ROWS_A_BATCH = 1_000

/** Whose rows they are, for errors. */
export interface RowsOf {
  name: string
  /** Relative to the project. */
  file: string
}

/** Every kind of `rows` as batches; a source that can go on for ever lies in memory a batch at a time. */
export async function* batchesOf(rows: SeedRows, tools: RowTools, of: RowsOf): AsyncIterable<SeedBatch> {
  const source = typeof rows === 'function' ? await rows(tools) : rows
  let first = 0
  let batch: SeedRow[] = []
  for await (const row of pieces(source, of)) {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw new GodwitError(
        'GODWIT_SEED_ROW',
        { seed: of.name, row: first + batch.length + 1, key: undefined, reason: 'it is not an object' },
        { file: of.file },
      )
    batch.push(row as SeedRow)
    if (batch.length < ROWS_A_BATCH) continue
    yield { first, rows: batch }
    first += batch.length
    batch = []
  }
  if (batch.length > 0) yield { first, rows: batch }
}

function pieces(source: unknown, of: RowsOf): Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof source === 'object' && source !== null && (Symbol.iterator in source || Symbol.asyncIterator in source))
    return source as Iterable<unknown>
  const reason = `${of.name}: 'rows' must be a list, something to iterate over, a function that gives one, or a file`
  throw new GodwitError('GODWIT_SEED_INVALID', { reason }, { file: of.file })
}
