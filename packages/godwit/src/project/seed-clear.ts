import type { Cleared, ClearRequest, SeedStore } from '../databases/seeding.js'
import type { SeedRequest } from './seed.js'

/** What a clear is about: everything, the seeds that were named, or all that ever put rows there and were not cleared. */
export async function toClear(
  store: Pick<SeedStore, 'history'>,
  { clear, only }: Pick<SeedRequest, 'clear' | 'only'>,
): Promise<ClearRequest> {
  if (clear === 'all') return { all: true }
  return { seeds: only ?? [...new Set((await store.history()).map(({ name }) => name))] }
}

/** A line a table: what goes. */
export function clearedInWords(cleared: readonly Cleared[]): string[] {
  const width = Math.max(0, ...cleared.map(({ place }) => place.length))
  return cleared.map(({ place, rows, cascade }) => {
    const why = cascade ? ', which no seed put there: they go with the rows they point to' : ''
    return `${place.padEnd(width)}  ${rows} ${rows === 1 ? 'row' : 'rows'}${why}`
  })
}
