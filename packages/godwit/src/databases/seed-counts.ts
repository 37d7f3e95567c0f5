import type { SeedCounts } from './seeding.js'

/** Nothing yet. */
export function noCounts(): SeedCounts {
  return { inserted: 0, updated: 0, unchanged: 0, kept: 0 }
}

/** Adds what an upsert did. */
export function addCounts(to: SeedCounts, more: SeedCounts): void {
  for (const word of ['inserted', 'updated', 'unchanged', 'kept'] as const) to[word] += more[word]
}
