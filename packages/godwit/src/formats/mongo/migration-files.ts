import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { listFolder, withoutOutput } from '../files.js'
import { isMigrationFile, isModuleName } from './find-migrations.js'

/** What `migrations` in the config means. */
export type MigrationsPlace = { array: string } | { files: string[] }

/**
 * Resolves a folder, a glob, or the module that holds the array. Files are sorted by name.
 *
 * @param pattern relative to the project's folder
 * @throws GODWIT_FOLDER_MISSING; reading an array that is not there throws later
 */
export async function placeOf(pattern: string, projectDir: string): Promise<MigrationsPlace> {
  const path = resolve(projectDir, pattern)
  const isFolder = existsSync(path) && statSync(path).isDirectory()
  if (!isFolder && (existsSync(path) || isModuleName(pattern))) return { array: path }
  if (isFolder) {
    const names = listFolder(path, projectDir).filter(({ name, isFolder }) => !isFolder && isMigrationFile(name))
    return { files: withoutOutput(names.map(({ name }) => join(path, name))) }
  }
  // A name without any pattern is a folder that is not there.
  if (!/[*?{}[\]()!]/.test(pattern)) listFolder(path, projectDir)
  const { glob } = await import('tinyglobby')
  const found = await glob(pattern.replaceAll('\\', '/'), { cwd: projectDir, absolute: true, expandDirectories: false })
  return { files: withoutOutput(found.filter((file) => isMigrationFile(file.slice(file.lastIndexOf('/') + 1)))) }
}
