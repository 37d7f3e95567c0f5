import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { listFolder } from '../files.js'

/** Where mongoose projects keep their migrations, for a config that does not say. */
export const usualFolders = [
  'src/database/migrations',
  'src/db/migrations',
  'src/migrations',
  'database/migrations',
  'db/migrations',
  'migrations',
]
const arrayModule = 'run-migrations'
const endings = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']

/** Whether a file of that name may hold migrations: a module that is no test and not one of those that gather or run them. */
export function isMigrationFile(name: string): boolean {
  return (
    /\.[cm]?[jt]s$/.test(name) &&
    !/\.d\.[cm]?ts$/.test(name) &&
    !/\.(?:test|spec)\.[cm]?[jt]s$/.test(name) &&
    !/^(?:index|framework|run-migrations)\.[cm]?[jt]s$/.test(name) &&
    !name.startsWith('.')
  )
}

/** What `migrations` in the config means. */
export type MigrationsPlace = { array: string } | { files: string[] }

/**
 * Resolves a folder, a glob, or the module that holds the array. Files are sorted by name.
 *
 * @param pattern relative to the project's folder
 * @throws GODWIT_FOLDER_MISSING
 */
export async function placeOf(pattern: string, projectDir: string): Promise<MigrationsPlace> {
  const path = resolve(projectDir, pattern)
  if (existsSync(path) && !statSync(path).isDirectory()) return { array: path }
  if (existsSync(path)) {
    const names = listFolder(path, projectDir).filter(({ name, isFolder }) => !isFolder && isMigrationFile(name))
    return { files: withoutOutput(names.map(({ name }) => join(path, name))) }
  }
  // A name without any pattern is a folder that is not there.
  if (!/[*?{}[\]()!]/.test(pattern)) listFolder(path, projectDir)
  const { glob } = await import('tinyglobby')
  const found = await glob(pattern.replaceAll('\\', '/'), { cwd: projectDir, absolute: true, expandDirectories: false })
  return { files: withoutOutput(found.filter((file) => isMigrationFile(file.slice(file.lastIndexOf('/') + 1)))) }
}

/** The module or the folder of the migrations where no config names it, relative to the project; `undefined`: none is there. */
export function usualPlace(projectDir: string): string | undefined {
  for (const folder of usualFolders) {
    const path = join(projectDir, folder)
    if (!existsSync(path) || !statSync(path).isDirectory()) continue
    const names = listFolder(path, projectDir).map(({ name }) => name)
    const array = endings.map((ending) => `${arrayModule}${ending}`).find((name) => names.includes(name))
    if (array !== undefined) return `${folder}/${array}`
    if (names.some((name) => /^\d/.test(name) && isMigrationFile(name))) return folder
  }
  return undefined
}

/** Of a source and its compiled output in one folder, the source. */
function withoutOutput(files: readonly string[]): string[] {
  const sources = new Set(files.filter((file) => /\.[cm]?ts$/.test(file)))
  return files.filter((file) => sources.has(file) || !sources.has(file.replace(/js$/, 'ts'))).sort()
}
