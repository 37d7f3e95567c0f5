import { relative } from 'node:path'
import type { SeedCounts, Seeding, SeedPlace, SeedStore } from '../databases/seeding.js'
import type { RunEvent } from '../engine/events.js'
import { nearestTo } from '../engine/find-name.js'
import { GodwitError, isGodwitError } from '../errors.js'
import { batchesOf, dataFileOf } from './batches.js'
import { isMade } from './definition.js'
import { isFor } from './environment.js'
import { lineOf } from './files/data-file.js'
import type { LoadedFunction, LoadedRows, LoadedSeed } from './load.js'
import { inOrder, type Orderable } from './order.js'
import { resolved } from './resolve.js'

/** What became of one seed. */
export interface SeedReport extends SeedCounts {
  name: string
  /** `skipped`: it is not for this environment. */
  outcome: 'done' | 'unchanged' | 'failed' | 'skipped'
  /** Rows that a clear took before it ran. */
  deleted: number
  durationMs: number
}

/** What seeds run with. */
export interface SeedContext {
  store: SeedStore
  environment: string
  /** Absolute. */
  projectDir: string
  onEvent: (event: RunEvent) => void
  signal?: AbortSignal | undefined
  /** The column of a reference that names none. */
  idColumn: string
  /** An error of the server or the driver as a GodwitError. */
  explain: (error: unknown) => unknown
}

/**
 * The seeds that are to run, in order, and those that are not for this environment.
 *
 * @param only names; absent: all
 * @throws GODWIT_SEED_UNKNOWN, GODWIT_SEED_ENVIRONMENT for one that was asked for by name, GODWIT_SEED_CYCLE
 */
export async function chooseSeeds(
  seeds: readonly LoadedSeed[],
  only: readonly string[] | undefined,
  { store, environment }: Pick<SeedContext, 'store' | 'environment'>,
): Promise<{ due: LoadedSeed[]; skipped: LoadedSeed[] }> {
  const names = seeds.map(({ name }) => name)
  for (const name of only ?? []) {
    const seed = seeds.find((each) => each.name === name)
    if (seed === undefined)
      throw new GodwitError('GODWIT_SEED_UNKNOWN', { name, known: names, nearest: nearestTo(name, names) })
    if (!isFor(seed, environment))
      throw new GodwitError(
        'GODWIT_SEED_ENVIRONMENT',
        { name, environment, env: [...(seed.env ?? [])] },
        { file: seed.file },
      )
  }
  const places = await store.places(seeds.flatMap((seed) => (seed.kind === 'rows' ? [seed.place] : [])))
  const ordered = inOrder(seeds.map((seed) => orderable(seed, places))).map(({ seed }) => seed)
  const asked = ordered.filter(({ name }) => only === undefined || only.includes(name))
  return {
    due: asked.filter((seed) => isFor(seed, environment)),
    skipped: asked.filter((seed) => !isFor(seed, environment)),
  }
}

function orderable(seed: LoadedSeed, places: ReadonlyMap<string, SeedPlace>): Orderable & { seed: LoadedSeed } {
  const { name, after } = seed
  const place = seed.kind === 'rows' ? places.get(seed.place) : undefined
  return { seed, name, after, place: place?.name, references: place?.references ?? [] }
}

/** Runs seeds one by one; the first that fails ends it. What ran before it stays. */
export async function runSeeds(
  due: readonly LoadedSeed[],
  all: readonly LoadedSeed[],
  context: SeedContext,
): Promise<{ seeds: SeedReport[]; error?: GodwitError }> {
  const reports: SeedReport[] = []
  for (const [index, seed] of due.entries()) {
    if (context.signal?.aborted) break
    const { name, hash } = seed
    context.onEvent({ type: 'seed-started', name, index, total: due.length })
    const started = performance.now()
    try {
      const counts = await context.store.seed(
        { name, hash, environment: context.environment, kind: seed.kind },
        async (seeding) => {
          if (seed.kind === 'rows') await putRows(seed, all, seeding, context)
          else await callFunction(seed, seeding, context)
        },
      )
      const outcome = counts.inserted + counts.updated > 0 || seed.kind !== 'rows' ? 'done' : 'unchanged'
      reports.push({ name, outcome, ...counts, deleted: 0, durationMs: performance.now() - started })
    } catch (error) {
      const none = { inserted: 0, updated: 0, unchanged: 0, kept: 0, deleted: 0 }
      reports.push({ name, outcome: 'failed', ...none, durationMs: performance.now() - started })
      context.onEvent({ type: 'seed-done', ...(reports.at(-1) as SeedReport) })
      return { seeds: reports, error: await failure(seed, error, context) }
    }
    context.onEvent({ type: 'seed-done', ...(reports.at(-1) as SeedReport) })
  }
  return { seeds: reports }
}

async function putRows(
  seed: LoadedRows,
  all: readonly LoadedSeed[],
  seeding: Seeding,
  context: SeedContext,
): Promise<void> {
  const { name, file, place, key, onExisting } = seed
  const { projectDir } = context
  const unique = (await context.store.places([place])).get(place)?.unique ?? []
  const of = { name, file, projectDir, unique }
  const batches = batchesOf(seed.rows, { env: context.environment }, of)
  await seeding.upsert({
    place,
    key,
    onExisting,
    seed: name,
    file,
    batches: resolved(batches, { name, file, seeding, placeOf: (to) => placeOf(all, to), idColumn: context.idColumn }),
    onRows: (rows) => context.onEvent({ type: 'seed-rows', name, rows, total: totalOf(seed) }),
  })
}

function totalOf({ rows }: LoadedRows): number | null {
  if (isMade(rows)) return rows.count
  return Array.isArray(rows) ? rows.length : null
}

function placeOf(all: readonly LoadedSeed[], to: string): string {
  const seed = all.find(({ name }) => name === to)
  return seed?.kind === 'rows' ? seed.place : to
}

async function callFunction(
  seed: LoadedFunction,
  seeding: Seeding,
  { environment, onEvent }: SeedContext,
): Promise<void> {
  const { name, file, run } = seed
  const { driver } = seeding
  await run({
    db: driver.kind === 'table' ? driver.client : driver.db,
    env: environment,
    log: (line) => onEvent({ type: 'seed-log', name, line }),
    upsert: (place, key, rows, { onExisting = 'keep' } = {}) => {
      const list = Array.isArray(rows) ? rows : [rows]
      return seeding.upsert({
        place: String(place),
        key,
        onExisting,
        seed: name,
        file,
        batches: [{ first: 0, rows: list }],
      })
    },
  })
}

async function failure(seed: LoadedSeed, error: unknown, context: SeedContext): Promise<GodwitError> {
  const known = context.explain(error)
  if (isGodwitError(known) && known.code !== 'GODWIT_SERVER_REFUSED') return inDataFile(known, seed, context)
  const { name, file } = seed
  const reason = known instanceof Error ? known.message : String(known)
  const server = isGodwitError(known) ? known.details.server : undefined
  return new GodwitError(
    'GODWIT_SEED_FAILED',
    { name, reason },
    { cause: error, file, ...(server === undefined ? {} : { server }) },
  )
}

// A row that stands in a file of its own is shown there.
async function inDataFile(error: GodwitError, seed: LoadedSeed, { projectDir }: SeedContext): Promise<GodwitError> {
  const path = seed.kind === 'rows' ? dataFileOf(seed.rows, { ...seed, projectDir }) : undefined
  const { row, line: known } = error.details
  if (path === undefined || row === undefined || known !== undefined) return error
  const file = relative(projectDir, path)
  const line = await lineOf(path, file, row).catch(() => undefined)
  Object.assign(error.details, { file, ...(line === undefined ? {} : { line }) })
  return error
}
