import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadPeer, peerVersion } from '../../loading/peer.js'
import type { FormatContext } from '../contract.js'
import { isRecord, readJson } from './json.js'

/**
 * What the package `config` gives under a key, when the project has that package. JSON files are read as they are; any
 * other kind is left to the package.
 */
export async function readConfigPackage(
  key: string,
  { projectDir, env }: Pick<FormatContext, 'projectDir' | 'env'>,
): Promise<unknown> {
  const folder = resolve(projectDir, env.NODE_CONFIG_DIR ?? 'config')
  if (!existsSync(folder) || peerVersion('config', projectDir) === undefined) return undefined
  const environment = env.NODE_CONFIG_ENV ?? env.NODE_ENV ?? 'development'
  const names = ['default', environment, 'local', `local-${environment}`]
  const plain = names.map((name) => `${name}.json`)
  const others = readdirSync(folder).filter((file) => {
    const stem = file.replace(/\.[^.]+$/, '')
    return !plain.includes(file) && (names.includes(stem) || stem === 'custom-environment-variables')
  })
  if (others.length === 0 && env.NODE_CONFIG === undefined) {
    const files = plain.map((file) => join(folder, file)).filter((file) => existsSync(file))
    return files.reduce<unknown>((all, file) => merge(all, sectionOf(readJson(file, projectDir), key)), undefined)
  }
  return askPackage(key, projectDir, folder)
}

async function askPackage(key: string, projectDir: string, folder: string): Promise<unknown> {
  // It looks for its folder once, while it is imported, from the working directory.
  const before = process.env.NODE_CONFIG_DIR
  process.env.NODE_CONFIG_DIR = folder
  try {
    const loaded = await loadPeer<ConfigPackage & { default?: ConfigPackage }>('config', { from: projectDir })
    const config = loaded.default ?? loaded
    return config.has(key) ? config.get(key) : undefined
  } finally {
    if (before === undefined) delete process.env.NODE_CONFIG_DIR
    else process.env.NODE_CONFIG_DIR = before
  }
}

interface ConfigPackage {
  has: (key: string) => boolean
  get: (key: string) => unknown
}

function sectionOf(config: unknown, key: string): unknown {
  return key.split('.').reduce((inner, part) => (isRecord(inner) ? inner[part] : undefined), config)
}

function merge(a: unknown, b: unknown): unknown {
  if (b === undefined) return a
  if (!isRecord(a) || !isRecord(b)) return b
  const merged = { ...a }
  for (const [key, value] of Object.entries(b)) merged[key] = merge(a[key], value)
  return merged
}
