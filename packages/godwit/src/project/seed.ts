import { noCounts } from '../databases/seed-counts.js'
import type { Cleared, SeedStore } from '../databases/seeding.js'
import type { RunContext } from '../engine/run.js'
import type { GodwitError } from '../errors.js'
import type { Format } from '../formats/contract.js'
import { refuseBeforehand } from '../seeds/beforehand.js'
import { environmentOf } from '../seeds/environment.js'
import { findSeeds } from '../seeds/find.js'
import { type LoadedSeed, loadSeeds, seedOfCommand } from '../seeds/load.js'
import { placed, placeOfSeed } from '../seeds/places.js'
import { chooseSeeds, runSeeds, type SeedReport } from '../seeds/run.js'
import { type Consent, isProduction, requireConsent } from './production.js'
import { clearedInWords, toClear } from './seed-clear.js'
import { inSeedRun, seedContext } from './seed-run.js'

/** How to ask for seeds. A clear needs consent. */
export interface SeedRequest extends Consent {
  /** These and no others. */
  only?: readonly string[] | undefined
  /** Which environment it is; default `NODE_ENV`, else `development`. A database marked as production is nothing else. */
  env?: string | undefined
  /** Says what would be done, and does nothing. */
  dryRun?: boolean | undefined
  /** Takes away first what seeds put there, or everything in the project's tables. */
  clear?: 'seeded' | 'all' | undefined
  /** Runs no seed behind the clear. */
  clearOnly?: boolean | undefined
}

/** What seeding did. `error`: the last one failed; those before it stay. */
export interface SeedsReport {
  environment: string
  /** What a clear took, table by table. */
  cleared: Cleared[]
  seeds: SeedReport[]
  error?: GodwitError
}

/** Where a project's seeds are looked for. */
export interface SeedsPlace {
  /** Absolute. */
  projectDir: string
  /** The config's `seeds`. */
  place: string | undefined
  format: Format
}

/** What seeding a project needs. */
export interface SeedParts extends Pick<SeedsPlace, 'projectDir'> {
  run: RunContext
  /** The target's, for what connects by itself; `undefined`: it is an embedded one. */
  url: string | undefined
  env: Readonly<Record<string, string | undefined>>
}

/** The project's seeds, imported. @throws what is wrong with them */
export async function loadedSeeds({ place, projectDir, format }: SeedsPlace): Promise<LoadedSeed[]> {
  const command = place === undefined ? await format.seedCommand?.() : undefined
  if (command !== undefined) return [seedOfCommand(command, projectDir)]
  return loadSeeds(await findSeeds(place, projectDir), projectDir)
}

/**
 * Runs the seeds that are for this environment, in order; behind a clear when one was asked for.
 *
 * @param loaded the project's, imported beforehand: what is wrong with them is known before anything goes
 */
export async function seed(
  parts: SeedParts,
  loaded: readonly LoadedSeed[],
  request: SeedRequest,
): Promise<SeedsReport> {
  const { run, env, url } = parts
  const { target } = run
  const look = await target.look()
  const production = isProduction(look, env)
  const environment = environmentOf(request.env, production, env)
  const store = await target.seeding()
  const { orm } = run.format
  const seeds = await placed(loaded, orm, () => ({ driver: store.session(), url }))
  const { due, skipped: others } = request.clearOnly
    ? { due: [], skipped: [] }
    : await chooseSeeds(seeds, request.only, { store, environment, clears: request.clear !== undefined })
  const skipped = others.map((each) => notRun(each, 'skipped'))
  if (request.dryRun) {
    const cleared = request.clear === undefined ? [] : await store.forecastClear(await toClear(store, request, seeds))
    return { environment, cleared, seeds: [...skipped, ...due.map((each) => notRun(each, 'unchanged'))] }
  }
  if (due.length === 0 && request.clear === undefined) return { environment, cleared: [], seeds: skipped }
  const context = seedContext(parts, store, environment)
  await refuseBeforehand(due, context, request.clear !== undefined)
  return inSeedRun(run, async () => {
    const cleared = await clear(run, store, seeds, { ...request, production })
    const report = await runSeeds(due, seeds, context)
    return { environment, cleared, ...report, seeds: [...skipped, ...withDeleted(report.seeds, due, cleared)] }
  })
}

async function clear(
  { target, onEvent }: RunContext,
  store: SeedStore,
  seeds: readonly LoadedSeed[],
  { production, ...request }: SeedRequest & { production: boolean },
): Promise<Cleared[]> {
  if (request.clear === undefined) return []
  const what = await toClear(store, request, seeds)
  const forecast = await store.forecastClear(what)
  if (forecast.length === 0) return []
  onEvent({ type: 'seed-clearing', goes: clearedInWords(forecast) })
  const action = request.clear === 'all' ? 'seed --clear --all' : 'seed --clear'
  const { database } = target.server
  await requireConsent({ action, database, goes: clearedInWords(forecast) }, production, request)
  return store.clear(what, forecast)
}

// What was taken from a table counts for the first seed that fills it.
function withDeleted(
  reports: readonly SeedReport[],
  due: readonly LoadedSeed[],
  cleared: readonly Cleared[],
): SeedReport[] {
  const left = new Map(cleared.map(({ place, rows }) => [place, rows]))
  return reports.map((report) => {
    const ran = due.find(({ name }) => name === report.name)
    const place = ran && placeOfSeed(ran)
    const deleted = place === undefined ? 0 : (left.get(place) ?? 0)
    if (place !== undefined) left.delete(place)
    return { ...report, deleted }
  })
}

/** The report of a seed that was not run. */
export function notRun({ name }: LoadedSeed, outcome: 'skipped' | 'unchanged'): SeedReport {
  return { name, outcome, ...noCounts(), deleted: 0, durationMs: 0 }
}
