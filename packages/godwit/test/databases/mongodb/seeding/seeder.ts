import { onTestFinished } from 'vitest'
import type { Target } from '../../../../src/databases/contract.js'
import { mongoDatabase } from '../../../../src/databases/mongodb/index.js'
import type { SeedRow, SeedStore } from '../../../../src/databases/seeding.js'
import type { FunctionSeed, SeedRows } from '../../../../src/seeds/definition.js'
import type { LoadedSeed } from '../../../../src/seeds/load.js'
import { chooseSeeds, runSeeds, type SeedReport } from '../../../../src/seeds/run.js'
import { history } from '../memory-project.js'

/** A seed that a test wrote down. */
export type TestSeed = { name?: string; after?: string[] } & (
  | { place: string; key: string[]; rows: SeedRows<SeedRow>; onExisting?: 'keep' | 'update' }
  | { run: FunctionSeed['run'] }
)

/** A seeder on one database: what a process of its own would be. */
export interface Seeder {
  target: Target
  store: SeedStore
  warnings: string[]
  lines: string[]
  /** Runs seeds under the lease. */
  seed: (...seeds: TestSeed[]) => Promise<{ seeds: SeedReport[]; error?: unknown }>
  /** Works under the lease. */
  holding: <T>(work: () => Promise<T>) => Promise<T>
}

/** Opens a seeder. */
export async function openSeeder(
  url: string,
  options: { signal?: AbortSignal; history?: string } = {},
): Promise<Seeder> {
  const [warnings, lines]: string[][] = [[], []]
  const own = { ...history, name: options.history ?? history.name }
  const target = await mongoDatabase(url).open(own, {
    projectDir: import.meta.dirname,
    schema: 'godwit',
    peerLocks: [],
    warn: (message) => void (warnings as string[]).push(message),
  })
  onTestFinished(() => target.close())
  const store = await target.seeding()
  const identity = { command: 'seed', version: '0' }
  const holding = async <T>(work: () => Promise<T>): Promise<T> => {
    await target.lock({ identity, waitMs: 60_000, onWait: () => {} })
    await target.begin(await target.look(), identity)
    const stop = () => void target.cancel().catch(() => {})
    options.signal?.addEventListener('abort', stop, { once: true })
    try {
      return await work()
    } finally {
      options.signal?.removeEventListener('abort', stop)
      await target.end('done')
    }
  }
  return {
    target,
    store,
    warnings: warnings as string[],
    lines: lines as string[],
    holding,
    seed: async (...seeds) => {
      const loaded = seeds.map(load)
      const { due } = await chooseSeeds(loaded, undefined, { store, environment: 'test' })
      return holding(() =>
        runSeeds(due, loaded, {
          store,
          environment: 'test',
          orm: undefined,
          url,
          projectDir: import.meta.dirname,
          env: {},
          graceMs: 0,
          idColumn: '_id',
          signal: options.signal,
          onEvent: (event) => void (event.type === 'seed-log' && lines?.push(event.line)),
          explain: (error) => target.explain(error),
        }),
      )
    },
  }
}

function load(seed: TestSeed): LoadedSeed {
  const { after = [] } = seed
  if ('run' in seed) {
    const { name = 'work' } = seed
    return { kind: 'function', name, file: `seeds/${name}.ts`, hash: 'ts:1', env: undefined, after, run: seed.run }
  }
  const { place, key, rows, onExisting = 'keep', name = place } = seed
  const file = `seeds/${name}.ts`
  return { kind: 'rows', name, file, hash: 'ts:1', env: undefined, after, place, key, rows, onExisting }
}
