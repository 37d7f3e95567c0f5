import type { SeedEntry, SeedStore } from '../databases/seeding.js'
import type { LoadedSeed } from '../seeds/load.js'

/** A seed, and what it did last. */
export interface ListedSeed {
  name: string
  /** Relative to the project; `null`: there is no such seed any more. */
  file: string | null
  /** Environments it is for; `null`: all. */
  env: readonly string[] | null
  /** The last run that changed something; `null`: none did. */
  last: Omit<SeedEntry, 'name' | 'hash'> | null
  /** Its file changed since then. */
  edited: boolean
}

/** Every seed of the project in the order of its files, and those that only the records know. Read-only. */
export async function listSeeds(
  store: Pick<SeedStore, 'history'>,
  seeds: readonly LoadedSeed[],
): Promise<ListedSeed[]> {
  const entries = await store.history()
  const lastOf = (name: string) => entries.find((entry) => entry.name === name)
  const there = seeds.map(({ name, file, env, hash }) => {
    const last = lastOf(name)
    return { name, file, env: env ?? null, last: shown(last), edited: last !== undefined && last.hash !== hash }
  })
  const gone = [...new Set(entries.map(({ name }) => name))].filter((name) => !seeds.some((seed) => seed.name === name))
  return [...there, ...gone.map((name) => ({ name, file: null, env: null, last: shown(lastOf(name)), edited: false }))]
}

function shown(entry: SeedEntry | undefined): ListedSeed['last'] {
  if (entry === undefined) return null
  const { name: _, hash: __, ...rest } = entry
  return rest
}
