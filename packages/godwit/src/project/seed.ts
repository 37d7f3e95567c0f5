import type { Target } from '../databases/contract.js'
import { type RunContext, takeLock } from '../engine/run.js'
import { waitable } from '../engine/stop.js'
import { GodwitError } from '../errors.js'
import { environmentOf } from '../seeds/environment.js'
import { findSeeds } from '../seeds/find.js'
import { type LoadedSeed, loadSeeds } from '../seeds/load.js'
import { chooseSeeds, runSeeds, type SeedReport } from '../seeds/run.js'
import { isProduction } from './production.js'

/** How to ask for seeds. */
export interface SeedRequest {
  /** These and no others. */
  only?: readonly string[] | undefined
  /** Which environment it is; default `NODE_ENV`, else `development`. A database marked as production is nothing else. */
  env?: string | undefined
  /** Says what would run, and runs nothing. */
  dryRun?: boolean | undefined
}

/** What seeding did. `error`: the last one failed; those before it stay. */
export interface SeedsReport {
  environment: string
  seeds: SeedReport[]
  error?: GodwitError
}

/** What seeding a project needs. */
export interface SeedParts {
  run: RunContext
  /** Absolute. */
  projectDir: string
  /** The config's `seeds`. */
  place: string | undefined
  env: Readonly<Record<string, string | undefined>>
}

/** Finds the project's seeds and runs those that are for this environment. */
export async function seed(parts: SeedParts, request: SeedRequest): Promise<SeedsReport> {
  const { run, projectDir, place, env } = parts
  const { target, onEvent, signal } = run
  const seeds = await loadSeeds(await findSeeds(place, projectDir), projectDir)
  const look = await target.look()
  const environment = environmentOf(request.env, isProduction(look, env), env)
  const store = await target.seeding()
  const { due, skipped } = await chooseSeeds(seeds, request.only, { store, environment })
  const passed = skipped.map((each) => notRun(each, 'skipped'))
  if (request.dryRun || due.length === 0)
    return { environment, seeds: [...passed, ...due.map((each) => notRun(each, 'unchanged'))] }
  if (target.server.readOnly) throw new GodwitError('GODWIT_READ_ONLY', { database: target.server.database, names: [] })
  await takeLock(run)
  // Seeds need no history: where there is none, none is made.
  await waitable(run, async () => target.begin({ ...(await target.look()), historyExists: true }, run.identity))
  const report = await whileStoppable(run, () =>
    runSeeds(due, seeds, {
      store,
      environment,
      onEvent,
      signal,
      idColumn: run.format.history.kind === 'collection' ? '_id' : 'id',
      explain: (error) => target.explain(error),
    }),
  )
  await target.end(report.error === undefined ? 'done' : 'failed')
  return { environment, ...report, seeds: [...passed, ...report.seeds] }
}

function notRun({ name }: LoadedSeed, outcome: 'skipped' | 'unchanged'): SeedReport {
  return { name, outcome, inserted: 0, updated: 0, unchanged: 0, kept: 0, deleted: 0, durationMs: 0 }
}

async function whileStoppable<T>(
  { signal, target }: { signal?: AbortSignal | undefined; target: Target },
  work: () => Promise<T>,
): Promise<T> {
  const stop = () => void target.cancel().catch(() => {})
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return await work()
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}
