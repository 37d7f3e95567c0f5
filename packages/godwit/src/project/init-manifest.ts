import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GodwitError } from '../errors.js'

/** What init wants to know of a `package.json`. */
export interface Manifest {
  /** Its text, as it is. */
  text: string
  /** `"type": "module"`. */
  module: boolean
  /** Everything it depends on. */
  packages: Set<string>
  scripts: Record<string, unknown>
}

/**
 * Reads the folder's own `package.json`; undefined when there is none.
 *
 * @throws GODWIT_FILE_UNREADABLE when it is no JSON
 */
export function readManifest(folder: string): Manifest | undefined {
  const file = join(folder, 'package.json')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unreadable(cause)
  }
  try {
    const read = JSON.parse(text.replace(/^\uFEFF/, '')) as Record<string, Record<string, unknown> | string | undefined>
    if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new TypeError('it is not an object')
    const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
    const packages = new Set(kinds.flatMap((kind) => Object.keys(read[kind] ?? {})))
    const scripts = typeof read.scripts === 'object' && read.scripts !== null ? read.scripts : {}
    return { text, module: read.type === 'module', packages, scripts }
  } catch (cause) {
    throw unreadable(cause)
  }
}

/** Whether the folder or one above it depends on a package: workspaces declare at their root, too. */
export function dependsOn(folder: string, name: string): boolean {
  for (let current = folder; ; current = dirname(current)) {
    if (current === folder ? readManifest(current)?.packages.has(name) : lenient(current)?.packages.has(name))
      return true
    if (current === dirname(current)) return false
  }
}

/** Whether a folder above holds a `package.json`, which npm would take for this one's. */
export function hasManifestAbove(folder: string): boolean {
  for (let current = dirname(folder); ; current = dirname(current)) {
    if (lenient(current) !== undefined) return true
    if (current === dirname(current)) return false
  }
}

function lenient(folder: string): Manifest | undefined {
  try {
    return readManifest(folder)
  } catch {
    return undefined
  }
}

function unreadable(cause: unknown): GodwitError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new GodwitError('GODWIT_FILE_UNREADABLE', { file: 'package.json', reason }, { cause })
}
