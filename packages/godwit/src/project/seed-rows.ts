import type { SeedStore, TypedStore } from '../databases/seeding.js'
import { GodwitError } from '../errors.js'
import type { LoadedRows } from '../seeds/load.js'
import { filledRows } from '../seeds/made/fill.js'
import { inOrder } from '../seeds/order.js'
import { runSeeds } from '../seeds/run.js'
import { isProduction } from './production.js'
import { notRun, type SeedParts, type SeedRequest, type SeedsReport } from './seed.js'
import { inSeedRun, seedContext } from './seed-run.js'

/** How many rows a table is to get. */
export interface RowsWanted {
  place: string
  rows: number
}

/**
 * Reads `users=100000,orders=1M`.
 *
 * @throws GODWIT_SEED_ROWS_WRITTEN
 */
export function readRowsWanted(written: readonly string[]): RowsWanted[] {
  return written
    .flatMap((each) => each.split(','))
    .map((each) => {
      const [, place, number, unit = ''] = /^([^=]+)=(\d+)([kM]?)$/.exec(each.trim()) ?? []
      const rows = Number(number) * ({ k: 1_000, M: 1_000_000 }[unit] ?? 1)
      if (place === undefined || !Number.isSafeInteger(rows))
        throw new GodwitError('GODWIT_SEED_ROWS_WRITTEN', { written: each })
      return { place, rows }
    })
}

/**
 * Adds rows that are made by the types of a table's columns, for load tests; never on production.
 *
 * @param request `dryRun`: says what would be filled, and does nothing
 * @throws GODWIT_SEED_ENVIRONMENT, GODWIT_SEED_MADE, GODWIT_SEED_PLACE
 */
export async function seedRows(
  parts: SeedParts,
  wanted: readonly RowsWanted[],
  { dryRun }: Pick<SeedRequest, 'dryRun'>,
): Promise<SeedsReport> {
  const { run, projectDir, env } = parts
  const { target } = run
  if (isProduction(await target.look(), env))
    throw new GodwitError('GODWIT_SEED_ENVIRONMENT', {
      name: '--rows',
      environment: 'production',
      env: ['development', 'test'],
    })
  const store = await target.seeding()
  const { typed } = store
  if (typed === undefined) throw new GodwitError('GODWIT_SEED_UNTYPED', {})
  const environment = env.NODE_ENV || 'development'
  const context = seedContext(parts, store, environment)
  if (dryRun) {
    const seeds: LoadedRows[] = []
    for (const each of await ordered(wanted, store)) seeds.push(await filling(each, typed, projectDir))
    return { environment, cleared: [], seeds: seeds.map((seed) => notRun(seed, 'unchanged')) }
  }
  return inSeedRun(run, async () => {
    const seeds: SeedsReport['seeds'] = []
    for (const each of await ordered(wanted, store)) {
      const seed = await filling(each, typed, projectDir)
      const report = await runSeeds([seed], [seed], context)
      seeds.push(...report.seeds)
      if (report.error !== undefined) return { environment, cleared: [], seeds, error: report.error }
    }
    return { environment, cleared: [], seeds }
  })
}

async function filling({ place, rows }: RowsWanted, typed: TypedStore, projectDir: string): Promise<LoadedRows> {
  const described = await typed.describe(place)
  if (described === undefined) throw new GodwitError('GODWIT_SEED_PLACE', { seed: '--rows', place, documents: false })
  if (described.primary.length === 0)
    throw new GodwitError('GODWIT_SEED_MADE', { place, columns: [], reason: 'it has no primary key', next: undefined })
  return {
    kind: 'rows',
    name: `rows:${place}`,
    file: '--rows',
    hash: `rows:${rows}`,
    env: undefined,
    after: [],
    place,
    key: described.primary,
    rows: () => filledRows(described, rows, typed, projectDir),
    onExisting: 'keep',
  }
}

// What is pointed to is filled first.
async function ordered(wanted: readonly RowsWanted[], store: Pick<SeedStore, 'places'>): Promise<RowsWanted[]> {
  const places = await store.places(wanted.map(({ place }) => place))
  return inOrder(
    wanted.map((each) => {
      const { name = each.place, references = [] } = places.get(each.place) ?? {}
      return { ...each, name, place: name, after: [], references }
    }),
  )
}
