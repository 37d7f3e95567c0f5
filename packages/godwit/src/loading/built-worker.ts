import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { GodwitError } from '../errors.js'

/**
 * The file of a thread, built beside the bundle; from the sources, that of the last build is used.
 *
 * @throws GodwitError GODWIT_BUG when it was not built
 */
export function builtWorker(name: string): URL {
  const places = [`./${name}`, `../${name}`, `../../dist/${name}`]
  const found = places.map((place) => new URL(place, import.meta.url)).find((url) => existsSync(fileURLToPath(url)))
  if (found === undefined) throw new GodwitError('GODWIT_BUG', { what: `${name} was not built` })
  return found
}
