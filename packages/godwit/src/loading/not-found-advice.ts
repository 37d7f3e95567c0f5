import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { distance } from 'fastest-levenshtein'
import { isInstalled } from './module-kind.js'
import { installCommand } from './package-manager.js'
import { packageNameOf } from './peer.js'
import { isRelative } from './resolve-typescript.js'
import { pathTargets } from './tsconfig.js'

/** What to do about an import that leads nowhere, in one or two sentences or as a command. */
export function adviceOn(specifier: string, importer: string, projectDir: string): string {
  if (isRelative(specifier)) return adviceOnPath(resolve(dirname(importer), specifier), importer)
  const [target] = pathTargets(specifier, importer)
  if (target !== undefined) {
    return `Its alias in the tsconfig leads to ${relative(projectDir, target)}. ${adviceOnPath(target, importer)}`
  }
  return adviceOnPackage(specifier, importer, projectDir)
}

/** The way from a file to a path, as an import is written. */
export function relativeSpecifier(path: string, importer: string): string {
  const way = relative(dirname(importer), path).replaceAll('\\', '/')
  return way.startsWith('.') ? way : `./${way}`
}

function adviceOnPath(path: string, importer: string): string {
  const nearest = nearestPath(path)
  return nearest === undefined
    ? 'Correct the path, or add the file.'
    : `Did you mean '${relativeSpecifier(nearest, importer)}'?`
}

/** The file that a path most likely means, each part of it being off by a few letters at most. */
function nearestPath(path: string): string | undefined {
  const folder = existsSync(dirname(path)) ? dirname(path) : nearestPath(dirname(path))
  if (folder === undefined) return undefined
  const bare = (name: string): string => name.replace(/\.[cm]?[jt]sx?$/, '')
  const wanted = bare(basename(path))
  const [nearest] = readdirSync(folder)
    .map((name) => ({ name, off: distance(bare(name), wanted) }))
    .sort((a, b) => a.off - b.off)
  return nearest === undefined || nearest.off > Math.max(2, wanted.length / 3) ? undefined : join(folder, nearest.name)
}

function adviceOnPackage(specifier: string, importer: string, projectDir: string): string {
  const name = packageNameOf(specifier)
  if (/^(?:@\/|[~#])/.test(specifier)) {
    return `If '${specifier}' is an alias, add it to the 'paths' of the nearest tsconfig.json.`
  }
  const installed = installedPackage(name, importer)
  if (installed === undefined) return installCommand(projectDir, name)
  const inWorkspace = !isInstalled(realpathSync(installed))
  if (inWorkspace)
    return `Build '${name}' first: it is in this workspace, but the file its package.json names is not there.`
  return specifier === name
    ? `'${name}' is installed, but the file its package.json names is not there. Install it again.`
    : `'${name}' is installed, but has no '${specifier.slice(name.length + 1)}'. Correct the import.`
}

function installedPackage(name: string, importer: string): string | undefined {
  for (let folder = dirname(importer); ; folder = dirname(folder)) {
    const installed = join(folder, 'node_modules', name)
    if (existsSync(join(installed, 'package.json'))) return installed
    if (dirname(folder) === folder) return undefined
  }
}
