import { relative } from 'node:path'
import { noCounts } from '../databases/seed-counts.js'
import type { SeedCounts, SeedPlace } from '../databases/seeding.js'
import { nearestTo } from '../engine/find-name.js'
import { stopCode } from '../engine/stop.js'
import { GodwitError, isGodwitError, type ServerReport } from '../errors.js'
import { dataFileOf } from './batches.js'
import type { SeedContext } from './context.js'
import { isFor } from './environment.js'
import { lineOf } from './files/data-file.js'
import type { LoadedSeed } from './load.js'
import { inOrder, type Orderable } from './order.js'
import { placeOfSeed } from './places.js'
import { runSeed } from './run-one.js'

/** What became of one seed. */
export interface SeedReport extends SeedCounts {
  name: string
  /** `skipped`: it is not for this environment. */
  outcome: 'done' | 'unchanged' | 'failed' | 'skipped'
  /** Rows that a clear took before it ran. */
  deleted: number
  /** Of one that failed: something of it is, or may be, still there. */
  left?: 'part' | 'unknown'
  durationMs: number
}

/** NOT NULL and CHECK. */
const SHOWS_ROW = new Set(['23502', '23514'])

/**
 * The seeds that are to run, in order, and those that are not for this environment.
 *
 * @param only names; absent: all
 * @param clears they are cleared first: one that is asked for by name and is for elsewhere is passed over
 * @throws GODWIT_SEED_UNKNOWN, GODWIT_SEED_ENVIRONMENT for one that was asked for by name, GODWIT_SEED_CYCLE
 */
export async function chooseSeeds(
  seeds: readonly LoadedSeed[],
  only: readonly string[] | undefined,
  { store, environment, clears }: Pick<SeedContext, 'store' | 'environment'> & { clears?: boolean },
): Promise<{ due: LoadedSeed[]; skipped: LoadedSeed[] }> {
  const names = seeds.map(({ name }) => name)
  for (const name of only ?? []) {
    const seed = seeds.find((each) => each.name === name)
    if (seed === undefined)
      throw new GodwitError('GODWIT_SEED_UNKNOWN', { name, known: names, nearest: nearestTo(name, names) })
    if (!clears && !isFor(seed, environment))
      throw new GodwitError(
        'GODWIT_SEED_ENVIRONMENT',
        { name, environment, env: [...(seed.env ?? [])] },
        { file: seed.file },
      )
  }
  // What a seed names may be a place that only migrations fill.
  const places = await store.places(seeds.flatMap((seed) => [placeOfSeed(seed) ?? [], seed.after].flat()))
  const known = new Set([...places.values()].map((place) => place.name))
  const orderables = seeds.map((seed) => orderable(seed, places, names))
  const ordered = inOrder(orderables, known).map(({ seed }) => seed)
  const asked = ordered.filter(({ name }) => only === undefined || only.includes(name))
  return {
    due: asked.filter((seed) => isFor(seed, environment)),
    skipped: asked.filter((seed) => !isFor(seed, environment)),
  }
}

function orderable(
  seed: LoadedSeed,
  places: ReadonlyMap<string, SeedPlace>,
  names: readonly string[],
): Orderable & { seed: LoadedSeed } {
  const asked = placeOfSeed(seed)
  const place = places.get(asked ?? '')
  // A collection may be made by its first document.
  const filled = place?.name ?? asked
  const after = seed.after.map((name) => (names.includes(name) ? name : (places.get(name)?.name ?? name)))
  return { seed, name: seed.name, after, place: filled, references: place?.references ?? [] }
}

/** Runs seeds one by one; the first that fails, or a stop, ends it. What ran before it stays. */
export async function runSeeds(
  due: readonly LoadedSeed[],
  all: readonly LoadedSeed[],
  context: SeedContext,
): Promise<{ seeds: SeedReport[]; error?: GodwitError }> {
  const { signal } = context
  const reports: SeedReport[] = []
  for (const [index, seed] of due.entries()) {
    if (signal?.aborted) return { seeds: reports, error: stopped(signal) }
    const { name } = seed
    context.onEvent({ type: 'seed-started', name, index, total: due.length })
    const started = performance.now()
    try {
      const counts = await runSeed(seed, all, context)
      const outcome = counts.inserted + counts.updated > 0 || !('rows' in seed) ? 'done' : 'unchanged'
      reports.push({ name, outcome, ...counts, deleted: 0, durationMs: performance.now() - started })
    } catch (error) {
      const cause = await failure(seed, error, context)
      const known = signal?.aborted ? stopped(signal, cause) : cause
      const left = known.details.left
      const some = left === 'part' || left === 'unknown' ? { left } : {}
      reports.push({
        name,
        outcome: 'failed',
        ...noCounts(),
        deleted: 0,
        durationMs: performance.now() - started,
        ...some,
      })
      context.onEvent({ type: 'seed-done', ...(reports.at(-1) as SeedReport) })
      return { seeds: reports, error: known }
    }
    context.onEvent({ type: 'seed-done', ...(reports.at(-1) as SeedReport) })
  }
  return { seeds: reports }
}

function stopped(signal: AbortSignal, cause?: GodwitError): GodwitError {
  const { left = 'nothing', state } = cause?.details ?? {}
  const hint = 'What was seeded before stays. Go on with: godwit seed'
  return new GodwitError(stopCode(signal), {}, { cause, left, hint, ...(state === undefined ? {} : { state }) })
}

async function failure(seed: LoadedSeed, error: unknown, context: SeedContext): Promise<GodwitError> {
  const known = context.explain(error)
  if (isGodwitError(known) && known.code !== 'GODWIT_SERVER_REFUSED') return inDataFile(known, seed, context)
  const { name, file } = seed
  const reason = known instanceof Error ? known.message : String(known)
  const server = isGodwitError(known) ? withoutRow(known.details.server) : undefined
  return new GodwitError(
    'GODWIT_SEED_FAILED',
    { name, reason },
    { cause: error, file, ...(server === undefined ? {} : { server }), ...exitCodeOf(error) },
  )
}

// `Failing row contains (…)` shows every value of it, passwords too.
function withoutRow(server: ServerReport | undefined): ServerReport | undefined {
  if (server === undefined || !SHOWS_ROW.has(server.code)) return server
  const { detail: _, ...rest } = server
  return rest
}

// What a function throws may say with which code the command ends.
function exitCodeOf(error: unknown): { exitCode?: number } {
  const { exitCode } = Object(error) as { exitCode?: unknown }
  return Number.isInteger(exitCode) && Number(exitCode) > 0 && Number(exitCode) < 256
    ? { exitCode: Number(exitCode) }
    : {}
}

// A row that stands in a file of its own is shown there.
async function inDataFile(error: GodwitError, seed: LoadedSeed, { projectDir }: SeedContext): Promise<GodwitError> {
  const path = 'rows' in seed ? dataFileOf(seed.rows, { ...seed, projectDir }) : undefined
  const { row, line: known } = error.details
  if (path === undefined || row === undefined || known !== undefined) return error
  const file = relative(projectDir, path)
  const line = await lineOf(path, file, row).catch(() => undefined)
  Object.assign(error.details, { file, ...(line === undefined ? {} : { line }) })
  return error
}
