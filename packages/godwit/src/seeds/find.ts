import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { GodwitError } from '../errors.js'
import { withoutOutput } from '../formats/files.js'

/** Where seeds are looked for when the config does not say. */
export const usualPlaces = ['seeds', 'src/seeds', 'src/database/seeds', 'database/seeds', 'db/seeds', 'prisma/seeds']
const usualFiles = ['prisma/seed.ts', 'prisma/seed.js', 'prisma/seed.mjs', 'src/seed.ts', 'src/database/seed.ts']

/**
 * The files of a project's seeds, sorted by name. In a folder with an `index` that one alone counts: it says what else there is.
 *
 * @param place the config's `seeds`: a folder, a file or a glob; absent: the usual places
 * @returns absolute paths
 * @throws GODWIT_SEEDS_MISSING
 */
export async function findSeeds(place: string | undefined, projectDir: string): Promise<string[]> {
  if (place === undefined) {
    const found = [...usualPlaces, ...usualFiles].find((each) => existsSync(join(projectDir, each)))
    if (found === undefined) throw new GodwitError('GODWIT_SEEDS_MISSING', { place: undefined, lookedFor: usualPlaces })
    return findSeeds(found, projectDir)
  }
  const path = resolve(projectDir, place)
  if (existsSync(path)) return statSync(path).isDirectory() ? inFolder(path, projectDir) : [path]
  const { glob } = /[*?{}[\]()!]/.test(place) ? await import('tinyglobby') : { glob: undefined }
  const found = await glob?.(place.replaceAll('\\', '/'), { cwd: projectDir, absolute: true, expandDirectories: false })
  const files = withoutOutput((found ?? []).filter(isSeedFile))
  if (files.length === 0) throw new GodwitError('GODWIT_SEEDS_MISSING', { place, lookedFor: [] })
  return files
}

function inFolder(folder: string, projectDir: string): string[] {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && isSeedFile(entry.name))
    .map((entry) => join(folder, entry.name))
  const sources = withoutOutput(files)
  const index = sources.find((file) => /[\\/]index\.[cm]?[jt]s$/.test(file))
  if (index !== undefined) return [index]
  if (sources.length > 0) return sources
  throw new GodwitError('GODWIT_SEEDS_MISSING', { place: relative(projectDir, folder), lookedFor: [] })
}

function isSeedFile(name: string): boolean {
  return /\.[cm]?[jt]s$/.test(name) && !/\.d\.[cm]?ts$|\.(?:test|spec)\.[cm]?[jt]s$/.test(name)
}
