import { readFileSync } from 'node:fs'
import Module from 'node:module'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cacheIn } from './cache-folder.js'
import { errorFromHooks, installImportHooks, removeImportHooks } from './import-hooks.js'
import { loadError } from './load-errors.js'
import { isTypeScript, moduleKindOf } from './module-kind.js'
import { importFrom } from './native-import.js'
import { installRequireHooks, isAsyncModule, removeRequireHooks, requireGiven } from './require-hooks.js'

export interface LoadOptions {
  /** The project's folder: it holds the cache, and errors name files relative to it. */
  projectDir: string
  /** Stands for `godwit`, for a file that `isPlainModule` has found to take nothing else. */
  given?: object | undefined
}

/**
 * Loads a module of the user's, TypeScript or JavaScript, CommonJS or ES module as its ending and package.json say. A
 * CommonJS module gives its `module.exports`, an ES module its namespace: see {@link exportsOf}.
 *
 * @throws GODWIT_FILE_THROWS, GODWIT_FILE_SYNTAX, GODWIT_MODULE_NOT_FOUND, GODWIT_FILE_UNREADABLE
 */
export async function loadModule(file: string, options: LoadOptions): Promise<unknown> {
  const path = resolve(options.projectDir, file)
  cacheIn(options.projectDir)
  installRequireHooks()
  try {
    if (options.given !== undefined) return requireGiven(path, options.given)
    return moduleKindOf(path) === 'esm' ? await importModule(path) : await requireModule(path)
  } catch (error) {
    throw loadError(error, path, options.projectDir)
  }
}

/** Takes the hooks out of this process again, for a library that is done loading; the next load puts them back. */
export function releaseHooks(): void {
  removeRequireHooks()
  removeImportHooks()
}

/**
 * All that a loaded module exports, each value once: also what a CommonJS module, seen by `import`, holds under
 * `default`.
 */
export function exportsOf(loaded: unknown): Record<string, unknown> {
  if (typeof loaded === 'function') return { default: loaded }
  if (typeof loaded !== 'object' || loaded === null) return loaded === undefined ? {} : { default: loaded }
  const found: Record<string, unknown> = {}
  const seen = new Set<unknown>()
  const take = (name: string, value: unknown): void => {
    if (name === '__esModule' || name === 'module.exports' || (isReference(value) && seen.has(value))) return
    if (isReference(value)) seen.add(value)
    found[name] ??= value
  }
  const { default: byDefault, ...named } = loaded as Record<string, unknown>
  for (const [name, value] of Object.entries(named)) take(name, value)
  if (holdsExports(byDefault, named)) for (const [name, value] of Object.entries(byDefault)) take(name, value)
  else if (byDefault !== undefined) take('default', byDefault)
  return found
}

/** Whether `default` is the exports object of a CommonJS module rather than a value of its own. */
function holdsExports(byDefault: unknown, named: Record<string, unknown>): byDefault is Record<string, unknown> {
  if (typeof byDefault !== 'object' || byDefault === null) return false
  if ('__esModule' in byDefault) return true
  const held = byDefault as Record<string, unknown>
  const names = Object.keys(named).filter((name) => name !== 'module.exports')
  return names.length > 0 && names.every((name) => name in held && named[name] === held[name])
}

function isReference(value: unknown): boolean {
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
}

// Without a file of its own: Node would look up the package of that for each path that it is asked for.
const loader = new Module('godwit-load')

async function requireModule(path: string): Promise<unknown> {
  try {
    return loader.require(path)
  } catch (error) {
    if (isAsyncModule(error) && moduleKindOf(path) !== 'cjs') return importModule(path)
    throw error
  }
}

async function importModule(path: string): Promise<unknown> {
  if (isTypeScript(path) || needsHooks(path)) installImportHooks()
  try {
    return await importFrom(dirname(path), pathToFileURL(path).href)
  } catch (error) {
    throw errorFromHooks(error)
  }
}

/** A JavaScript file may name TypeScript ones (`import './entity.ts'`, globs for an ORM), or Godwit where it is not installed. */
function needsHooks(path: string): boolean {
  return /\.[cm]?ts\b|['"]godwit['"]/.test(readFileSync(path, 'utf8'))
}
