import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GodwitError } from '../errors.js'
import { errorCode, reasonOf } from './error-facts.js'
import { importFrom } from './native-import.js'
import { installCommand } from './package-manager.js'
import { packageNameOf } from './package-name.js'

export interface PeerOptions {
  /** The project's folder: its own installation comes first, Godwit's second. */
  from: string
  /** What to install, where it is more than the bare name: `'node-pg-migrate@9'`, `'typeorm reflect-metadata'`. */
  install?: string
  /** Who needs it, as the subject of "… needs it": `'the typeorm format'`. */
  why?: string
}

const ownFolder = dirname(fileURLToPath(import.meta.url))

/**
 * Loads an optional peer (a driver, an ORM) of the user's version. A CommonJS package gives its exports object, an ES
 * module its namespace; both carry the named exports.
 *
 * @throws GODWIT_PEER_MISSING with the install command of the project's package manager; GODWIT_FILE_THROWS when the
 * package is there but cannot be loaded.
 * @example
 * const { Client } = await loadPeer<typeof import('pg')>('pg', { from: projectDir, why: 'PostgreSQL' })
 */
export async function loadPeer<T>(name: string, options: PeerOptions): Promise<T> {
  const { from, install = packageNameOf(name), why = 'this command' } = options
  for (const folder of [from, ownFolder]) {
    const found = await loadFrom(folder, name)
    if (found !== undefined) return found.exports as T
  }
  throw new GodwitError('GODWIT_PEER_MISSING', { name, why, install: installCommand(from, install) })
}

/** The installed version of a peer, found like {@link loadPeer} does but without loading it; undefined when absent. */
export function peerVersion(name: string, from: string): string | undefined {
  for (const folder of [from, ownFolder]) {
    const lookup = createRequire(join(folder, 'package.json')).resolve.paths(name) ?? []
    for (const modules of lookup) {
      const version = versionIn(join(modules, packageNameOf(name), 'package.json'))
      if (version !== undefined) return version
    }
  }
  return undefined
}

/** The file that {@link loadPeer} would load, for another thread; undefined when absent. */
export function peerFile(name: string, from: string): string | undefined {
  for (const folder of [from, ownFolder]) {
    try {
      return createRequire(join(folder, 'package.json')).resolve(name)
    } catch {}
  }
  return undefined
}

async function loadFrom(folder: string, name: string): Promise<{ exports: unknown } | undefined> {
  const require = createRequire(join(folder, 'package.json'))
  let file: string
  try {
    file = require.resolve(name)
  } catch (error) {
    // Packages without a `require` or `default` condition exist for `import` only.
    if (errorCode(error) === 'ERR_PACKAGE_PATH_NOT_EXPORTED')
      return { exports: await orThrows(name, () => importFrom(folder, name)) }
    if (errorCode(error) === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
  return {
    exports: await orThrows(name, () => {
      try {
        return require(file)
      } catch (error) {
        if (errorCode(error) === 'ERR_REQUIRE_ASYNC_MODULE') return importFrom(folder, name)
        throw error
      }
    }),
  }
}

async function orThrows(name: string, load: () => unknown): Promise<unknown> {
  try {
    return await load()
  } catch (cause) {
    throw new GodwitError('GODWIT_FILE_THROWS', { file: `The package '${name}'`, reason: reasonOf(cause) }, { cause })
  }
}

function versionIn(file: string): string | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const version =
      typeof content === 'object' && content !== null && 'version' in content ? content.version : undefined
    return typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}
