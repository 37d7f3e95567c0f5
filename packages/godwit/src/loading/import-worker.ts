/** The hooks for `import` where Node has only asynchronous ones: this file is the entry of their thread. */
import type { LoadHook, ResolveHook } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isGodwitError } from '../errors.js'
import { useCacheFolder } from './cache-folder.js'
import {
  type ImportAttributes,
  importFallback,
  importFresher,
  importSource,
  importTarget,
  noteMissing,
  uncompilable,
} from './import-resolution.js'

export function initialize(data: { cacheFolder?: string }): void {
  useCacheFolder(data.cacheFolder)
}

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const target = importTarget(specifier, context.parentURL)
  if (target !== undefined) return nextResolve(target, context)
  try {
    const resolved = await nextResolve(specifier, context)
    const url = importFresher(specifier, resolved.url, context.parentURL)
    return url === undefined ? resolved : { url, shortCircuit: true }
  } catch (error) {
    const url = importFallback(specifier, context.parentURL)
    if (url === undefined) throw noteMissing(error, specifier, context.parentURL)
    return { url, shortCircuit: true }
  }
}

export const load: LoadHook = async (url, context, nextLoad) => {
  try {
    return importSource(url, attributesOf(context)) ?? (await nextLoad(url, context))
  } catch (error) {
    // Errors lose their fields on the way between threads: the other side compiles the file again to have its own.
    throw isGodwitError(error) ? new Error(uncompilable + fileURLToPath(url)) : error
  }
}

function attributesOf(context: object): ImportAttributes | undefined {
  return 'importAttributes' in context ? (context.importAttributes as ImportAttributes) : undefined
}
