import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { isInstalled, isTypeScript } from './module-kind.js'
import { packageNameOf } from './package-name.js'
import { isRelative, resolveTypeScript } from './resolve-typescript.js'

/**
 * The source of a file that a package of the workspace names and that was not built. Undefined: it is no such package, or
 * has no source where compilers look for it.
 *
 * @param specifier as it is imported: `@acme/shared`, `@acme/shared/entities`
 */
export function unbuiltSource(specifier: string, importer: string): string | undefined {
  const folder = workspaceFolder(specifier, importer)
  if (folder === undefined) return undefined
  const subpath = `.${specifier.slice(packageNameOf(specifier).length)}`
  for (const target of targetsOf(readManifest(folder), subpath)) {
    const source = sourceOf(join(folder, target), folder)
    if (source !== undefined) return source
  }
  return undefined
}

/** The source of a built file of a workspace package, where sources have changed since it was built. */
export function fresherSource(specifier: string, compiled: string, importer: string): string | undefined {
  if (isRelative(specifier) || isInstalled(compiled) || isTypeScript(compiled)) return undefined
  const folder = workspaceFolder(specifier, importer)
  if (folder === undefined || !compiled.startsWith(folder + sep)) return undefined
  return newerSource(compiled, folder)
}

/** The source of a built file in a package's folder, where sources beside it have changed since that was built. */
export function newerSource(compiled: string, folder: string): string | undefined {
  const source = isTypeScript(compiled) ? undefined : sourceOf(compiled, folder)
  return source !== undefined && isStale(top(compiled, folder), top(source, folder)) ? source : undefined
}

/** The folder of an installed package as it lies in `node_modules`, looked for upwards from the importer. */
export function installedPackage(name: string, importer: string): string | undefined {
  for (let folder = dirname(importer); ; folder = dirname(folder)) {
    const installed = join(folder, 'node_modules', name)
    if (existsSync(join(installed, 'package.json'))) return installed
    if (dirname(folder) === folder) return undefined
  }
}

// A package that is only linked into `node_modules` is one of the workspace.
function workspaceFolder(specifier: string, importer: string): string | undefined {
  const installed = isRelative(specifier) ? undefined : installedPackage(packageNameOf(specifier), importer)
  const folder = installed && realpathSync(installed)
  return folder === undefined || isInstalled(folder) ? undefined : folder
}

interface Manifest {
  main?: unknown
  exports?: unknown
}

function readManifest(folder: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  } catch {
    return {}
  }
}

/** The files that a manifest may mean by a subpath (`.`, `./entities`), relative to its folder. */
function targetsOf({ main, exports }: Manifest, subpath: string): string[] {
  if (exports === undefined || exports === null)
    return subpath === '.' ? [typeof main === 'string' ? main : 'index.js', 'src/index.js'] : [subpath]
  const entries = typeof exports === 'object' ? Object.entries(exports) : []
  if (!entries.some(([key]) => key.startsWith('.'))) return subpath === '.' ? pathsIn(exports) : []
  for (const [key, value] of entries) {
    if (key === subpath) return pathsIn(value)
    const [head = '', tail] = key.split('*')
    if (tail === undefined || !subpath.startsWith(head) || !subpath.endsWith(tail)) continue
    const matched = subpath.slice(head.length, subpath.length - tail.length)
    return pathsIn(value).map((path) => path.replaceAll('*', () => matched))
  }
  return []
}

function pathsIn(target: unknown): string[] {
  if (typeof target === 'string') return [target]
  if (typeof target !== 'object' || target === null) return []
  return Object.entries(target).flatMap(([condition, value]) => (condition === 'types' ? [] : pathsIn(value)))
}

/** `dist/a.js` is made of `src/a.ts` or of `a.ts`, and with a folder a kind `dist/esm/a.js` too. */
function sourceOf(compiled: string, folder: string): string | undefined {
  const [, ...rest] = relative(folder, compiled).split(sep)
  for (const parts of [rest, rest.slice(1)]) {
    if (parts.length === 0) continue
    for (const root of ['src', '.']) {
      const source = resolveTypeScript(join(folder, root, ...parts), compiled)
      if (source !== undefined && isTypeScript(source)) return source
    }
  }
  return undefined
}

/** The folder directly below the package that holds the file; the file itself where there is none. */
function top(file: string, folder: string): string {
  return join(folder, relative(folder, file).split(sep)[0] ?? '')
}

const stale = new Map<string, boolean>()

// A build leaves files alone that would come out the same, so only the newest of each side tells.
function isStale(built: string, sources: string): boolean {
  const key = `${built}\0${sources}`
  const known = stale.get(key) ?? newest(sources, isTypeScript) > newest(built, () => true)
  stale.set(key, known)
  return known
}

function newest(path: string, counts: (file: string) => boolean): number {
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  const entries = readdirSync(path, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile() && counts(entry.name))
  return Math.max(0, ...files.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs))
}
