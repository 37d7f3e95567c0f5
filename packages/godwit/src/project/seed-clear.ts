import type { Cleared, ClearRequest, SeedStore } from '../databases/seeding.js'
import { nearestTo } from '../engine/find-name.js'
import { GodwitError } from '../errors.js'
import type { LoadedSeed } from '../seeds/load.js'
import type { SeedRequest } from './seed.js'

/**
 * What a clear is about: everything, the seeds that were named, or all that ever put rows there and were not cleared. A seed whose
 * file is gone is known by its records.
 *
 * @throws GODWIT_SEED_UNKNOWN
 */
export async function toClear(
  store: Pick<SeedStore, 'history'>,
  { clear, only }: Pick<SeedRequest, 'clear' | 'only'>,
  seeds: readonly Pick<LoadedSeed, 'name'>[],
): Promise<ClearRequest> {
  if (clear === 'all') return { all: true }
  const recorded = (await store.history()).map(({ name }) => name)
  if (only === undefined) return { seeds: [...new Set(recorded)] }
  const known = [...new Set([...seeds.map(({ name }) => name), ...recorded])]
  const name = only.find((each) => !known.includes(each))
  if (name !== undefined) throw new GodwitError('GODWIT_SEED_UNKNOWN', { name, known, nearest: nearestTo(name, known) })
  return { seeds: only }
}

/** A line a table: what goes. */
export function clearedInWords(cleared: readonly Cleared[]): string[] {
  const width = Math.max(0, ...cleared.map(({ place }) => place.length))
  return cleared.map(({ place, rows, cascade }) => {
    const why = cascade ? ', which no seed put there: they go with the rows they point to' : ''
    return `${place.padEnd(width)}  ${rows} ${rows === 1 ? 'row' : 'rows'}${why}`
  })
}
