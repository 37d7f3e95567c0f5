import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { distance } from 'fastest-levenshtein'
import { isInstalled } from './module-kind.js'
import { installCommand } from './package-manager.js'
import { packageNameOf } from './package-name.js'
import { endings, isRelative } from './resolve-typescript.js'
import { pathTargets } from './tsconfig.js'
import { installedPackage } from './workspace-source.js'

/** What to do about an import that leads nowhere, in one or two sentences or as a command. */
export function adviceOn(specifier: string, importer: string, projectDir: string): string {
  if (isRelative(specifier)) return adviceOnPath(resolve(dirname(importer), specifier), importer)
  const [target] = pathTargets(specifier, importer)
  if (target !== undefined) {
    return `Its alias in the tsconfig leads to ${relative(projectDir, target)}. ${adviceOnPath(target, importer)}`
  }
  return adviceOnPackage(specifier, importer, projectDir)
}

/** Where an import was looked for, in words. */
export function triedFor(specifier: string, importer: string, projectDir: string): string {
  const targets = isRelative(specifier) ? [resolve(dirname(importer), specifier)] : pathTargets(specifier, importer)
  if (targets.length === 0) return `node_modules from ${shownFolder(dirname(importer), projectDir)} upwards`
  const paths = targets.map((target) => shownFolder(target, projectDir))
  return `${paths.join(' and ')}, also with ${endings.join(', ')} and as a folder with an index`
}

function shownFolder(path: string, projectDir: string): string {
  const way = relative(projectDir, path).replaceAll('\\', '/')
  return way === '' ? 'the project' : way.startsWith('..') ? path : way
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
    return `Build '${name}' first: it is in this workspace, but neither the file its package.json names nor its source in src is there.`
  return specifier === name
    ? `'${name}' is installed, but the file its package.json names is not there. Install it again.`
    : `'${name}' is installed, but has no '${specifier.slice(name.length + 1)}'. Correct the import.`
}
