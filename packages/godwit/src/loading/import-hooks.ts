import * as nodeModule from 'node:module'
import { builtWorker } from './built-worker.js'
import { cacheFolder } from './cache-folder.js'
import { compileFile } from './compile.js'
import {
  type ImportAttributes,
  importFallback,
  importFresher,
  importSource,
  importTarget,
  noteMissing,
  uncompilable,
} from './import-resolution.js'

interface ImportContext {
  parentURL?: string
  importAttributes?: ImportAttributes
  conditions?: string[]
}

interface SyncHooks {
  resolve(
    specifier: string,
    context: ImportContext,
    next: (specifier: string, context: ImportContext) => { url: string },
  ): { url: string }
  load(url: string, context: ImportContext, next: (url: string, context: ImportContext) => object): object
}

/** Node 22.15 and later have hooks in the same thread; the types of Node 20 do not know them. */
type RegisterHooks = (hooks: SyncHooks) => { deregister(): void }

let installed: { deregister?(): void } | undefined

/** Lets `import` take TypeScript. Only TypeScript files and what they import are touched. */
export function installImportHooks(): void {
  if (installed !== undefined) return
  const registerHooks = (nodeModule as { registerHooks?: RegisterHooks }).registerHooks
  if (registerHooks !== undefined) {
    installed = registerHooks(syncHooks)
    return
  }
  nodeModule.register(builtWorker('import-worker.js'), { data: { cacheFolder: cacheFolder() } })
  installed = {}
}

/** Takes the hooks away again where Node can; its asynchronous ones (before 22.15) stay, touching TypeScript only. */
export function removeImportHooks(): void {
  if (installed?.deregister === undefined) return
  installed.deregister()
  installed = undefined
}

/** The error that was meant by one from the hooks' thread; any other comes back as it is. */
export function errorFromHooks(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.startsWith(uncompilable)) return error
  try {
    compileFile(error.message.slice(uncompilable.length), 'esm')
    return error
  } catch (compileError) {
    return compileError
  }
}

const syncHooks: SyncHooks = {
  resolve(specifier, context, next) {
    // These hooks see `require` too, which has its own.
    if (context.conditions?.includes('require')) return next(specifier, context)
    const target = importTarget(specifier, context.parentURL)
    if (target !== undefined) return next(target, context)
    try {
      const resolved = next(specifier, context)
      const url = importFresher(specifier, resolved.url, context.parentURL)
      return url === undefined ? resolved : { url, shortCircuit: true }
    } catch (error) {
      const url = importFallback(specifier, context.parentURL)
      if (url === undefined) throw noteMissing(error, specifier, context.parentURL)
      return { url, shortCircuit: true }
    }
  },
  load(url, context, next) {
    if (context.conditions?.includes('require')) return next(url, context)
    return importSource(url, context.importAttributes) ?? next(url, context)
  },
}
