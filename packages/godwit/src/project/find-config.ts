import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { GodwitError } from '../errors.js'

/** Names a config file may have, strongest first. */
export const configNames = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'].map((ending) => `godwit.config.${ending}`)

/**
 * Finds the config file: the named one, or the nearest upwards from `cwd`.
 *
 * @throws GodwitError GODWIT_CONFIG_MISSING when a file is named and is not there
 */
export function findConfig(cwd: string, named: string | undefined): string | undefined {
  if (named !== undefined) {
    const file = resolve(cwd, named)
    if (!existsSync(file)) throw new GodwitError('GODWIT_CONFIG_MISSING', { file: named })
    return file
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const found = configNames.map((name) => join(folder, name)).find((file) => existsSync(file))
    if (found !== undefined) return found
    if (folder === dirname(folder)) return undefined
  }
}
