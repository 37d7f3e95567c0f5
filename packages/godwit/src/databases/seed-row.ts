import { GodwitError } from '../errors.js'
import type { SeedRow, Upsert } from './seeding.js'

/** The error of one row. Of its values only the key is shown. */
export function rowFailed(
  { seed, file, key }: Pick<Upsert, 'seed' | 'file' | 'key'>,
  row: number,
  values: SeedRow | undefined,
  reason: string,
  cause?: unknown,
): GodwitError {
  return new GodwitError('GODWIT_SEED_ROW', { seed, row, key: keyInWords(key, values), reason }, { file, row, cause })
}

function keyInWords(key: readonly string[], values: SeedRow | undefined): string | undefined {
  const said = key.filter((name) => values?.[name] !== undefined)
  return said.length === 0 ? undefined : said.map((name) => `${name} = ${String(values?.[name])}`).join(', ')
}
