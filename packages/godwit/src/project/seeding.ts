import type { Target } from '../databases/contract.js'
import type { LoadedSeed } from '../seeds/load.js'
import { loadedSeeds, type SeedParts, type SeedRequest, type SeedsPlace, type SeedsReport, seed } from './seed.js'
import { type ListedSeed, listSeeds } from './seed-list.js'
import { type RowsWanted, seedRows } from './seed-rows.js'
import type { ProjectWork } from './work.js'

/** Finds the project's seeds and runs them. */
export async function seedProject(work: ProjectWork, request: SeedRequest): Promise<SeedsReport> {
  // A clear alone needs none of their files.
  const seeds = request.clearOnly && request.only === undefined ? [] : await loadedSeeds(placeOf(work))
  return seedWith(work, seeds, request)
}

/** Runs seeds that are imported already. */
export function seedWith(work: ProjectWork, seeds: readonly LoadedSeed[], request: SeedRequest): Promise<SeedsReport> {
  return work.onTarget(async (target) => seed(await partsOf(work, target), seeds, request), false)
}

/** What a reset runs behind it: the seeds that the config names, imported before anything goes. */
export async function resetSeeds(work: ProjectWork): Promise<LoadedSeed[] | undefined> {
  const where = placeOf(work)
  return where.place === undefined ? undefined : loadedSeeds(where)
}

/** Adds rows that are made. */
export function fillProject(
  work: ProjectWork,
  wanted: readonly RowsWanted[],
  request: Pick<SeedRequest, 'dryRun'>,
): Promise<SeedsReport> {
  return work.onTarget(async (target) => seedRows(await partsOf(work, target), wanted, request), false)
}

/** Lists them. */
export async function listProject(work: ProjectWork): Promise<ListedSeed[]> {
  const seeds = await loadedSeeds(placeOf(work))
  return work.onTarget(async (target) => listSeeds(await target.seeding(), seeds), false)
}

async function partsOf(work: ProjectWork, target: Target): Promise<SeedParts> {
  const { url, options } = work.parts
  return { run: work.context(target, 'seed'), projectDir: placeOf(work).projectDir, url: await url(), env: options.env }
}

function placeOf({ parts }: ProjectWork): SeedsPlace {
  const { config, folder } = parts.description
  return { place: config.seeds, projectDir: folder, format: parts.format }
}
