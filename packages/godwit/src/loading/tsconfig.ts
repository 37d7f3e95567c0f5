import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { digest, readCached, writeCached } from './cache-folder.js'
import { parseProject, type TsProject } from './tsconfig-parse.js'

interface CachedProject {
  sources: Stamp[]
  project: TsProject
}

/** Path, time of change in ms, size in bytes: a source that still has them is not read again. */
type Stamp = [path: string, changed: number, size: number]

/** Without a tsconfig: what a decorated back end needs. */
const withoutTsconfig: TsProject = {
  settings: {
    legacyDecorators: true,
    metadata: true,
    defineFields: false,
    interop: true,
    strictNulls: true,
    jsx: 'react-jsx',
  },
  paths: [],
}

const format = 1
const nearest = new Map<string, string | undefined>()
const projects = new Map<string, TsProject>()

/** The settings and aliases for a file, from the nearest `tsconfig.json` upwards with its `extends`. */
export function tsProjectOf(file: string): TsProject {
  const tsconfig = nearestTsconfig(dirname(file))
  if (tsconfig === undefined) return withoutTsconfig
  let project = projects.get(tsconfig)
  if (project === undefined) {
    project = readProject(tsconfig)
    projects.set(tsconfig, project)
  }
  return project
}

/** The absolute paths (without ending) where `paths` and `baseUrl` of `file`'s tsconfig look for a specifier, best first. */
export function aliasTargets(specifier: string, file: string): string[] {
  const targets = pathTargets(specifier, file)
  if (targets.length > 0) return targets
  const { baseUrl } = tsProjectOf(file)
  return baseUrl === undefined ? [] : [resolve(baseUrl, specifier)]
}

/** Those of `paths` alone: who writes one of these means an alias, never a package. */
export function pathTargets(specifier: string, file: string): string[] {
  const { paths } = tsProjectOf(file)
  let best: { prefix: number; targets: string[] } | undefined
  for (const [pattern, targets] of paths) {
    const star = pattern.indexOf('*')
    if (star === -1) {
      if (pattern === specifier) return targets
      continue
    }
    const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)]
    if (specifier.length < head.length + tail.length || !specifier.startsWith(head) || !specifier.endsWith(tail))
      continue
    // The longest text before the star wins, as in TypeScript.
    if (best !== undefined && best.prefix >= head.length) continue
    const matched = specifier.slice(head.length, specifier.length - tail.length)
    best = { prefix: head.length, targets: targets.map((target) => target.replace('*', () => matched)) }
  }
  return best?.targets ?? []
}

function nearestTsconfig(folder: string): string | undefined {
  if (nearest.has(folder)) return nearest.get(folder)
  const here = join(folder, 'tsconfig.json')
  const parent = dirname(folder)
  const found = stampOf(here) !== undefined ? here : parent === folder ? undefined : nearestTsconfig(parent)
  nearest.set(folder, found)
  return found
}

function readProject(tsconfig: string): TsProject {
  const name = `tsconfig-${digest(tsconfig)}.json`
  const cached = parseCached(readCached(name))
  if (cached?.sources.every(isUnchanged)) return cached.project
  const { files, project } = parseProject(tsconfig)
  const sources = files.map(stampOf).filter((stamp) => stamp !== undefined)
  writeCached(name, JSON.stringify({ format, sources, project }))
  return project
}

function parseCached(text: string | undefined): CachedProject | undefined {
  if (text === undefined) return undefined
  try {
    const cached = JSON.parse(text) as CachedProject & { format?: unknown }
    return cached.format === format ? cached : undefined
  } catch {
    return undefined
  }
}

function stampOf(file: string): Stamp | undefined {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats?.isFile() ? [file, stats.mtimeMs, stats.size] : undefined
}

function isUnchanged([file, changed, size]: Stamp): boolean {
  const now = stampOf(file)
  return now !== undefined && now[1] === changed && now[2] === size
}
