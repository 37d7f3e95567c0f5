import type { SeedBatch } from '../databases/seeding.js'

/** So many rows with values that are to be found out are asked about at once. */
const ROWS_AT_ONCE = 1_000

/** Puts values in the place of a batch's tokens. */
export type Settling = (batch: SeedBatch) => Promise<SeedBatch>

/** Takes every batch that may hold tokens through some steps, many rows at once; the others pass as they come. */
export async function* settled(
  batches: AsyncIterable<SeedBatch>,
  steps: readonly Settling[],
): AsyncIterable<SeedBatch> {
  let gathered: SeedBatch | undefined
  for await (const batch of batches) {
    if (gathered === undefined && !mayHoldTokens(batch)) {
      yield batch
      continue
    }
    gathered = gathered === undefined ? batch : { ...gathered, rows: [...gathered.rows, ...batch.rows] }
    if (gathered.rows.length < ROWS_AT_ONCE) continue
    yield await throughAll(gathered, steps)
    gathered = undefined
  }
  if (gathered !== undefined) yield await throughAll(gathered, steps)
}

async function throughAll(batch: SeedBatch, steps: readonly Settling[]): Promise<SeedBatch> {
  let result = batch
  for (const step of steps) result = await step(result)
  return result
}

// Asked of every row of millions: it makes no garbage.
function mayHoldTokens({ rows, text }: SeedBatch): boolean {
  if (text) return false
  for (const row of rows)
    for (const field in row) {
      const value = row[field]
      if (typeof value === 'object' && value !== null && !(value instanceof Date)) return true
    }
  return false
}
