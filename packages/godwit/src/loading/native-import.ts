import Module from 'node:module'
import { join } from 'node:path'

type Import = (specifier: string) => Promise<unknown>

/** The part of Node's CommonJS module that its types leave out; used by every TypeScript loader, stable since Node 0.x. */
export interface CompilableModule extends Module {
  _compile(code: string, file: string, format?: string): unknown
}

const importers = new Map<string, Import>()

/**
 * Imports a specifier as a module lying in `folder` would: Node's own resolution with the `import` condition, without
 * a bundler or test runner rewriting the call. Throws what Node throws.
 */
export function importFrom(folder: string, specifier: string): Promise<unknown> {
  let importer = importers.get(folder)
  if (importer === undefined) {
    const file = join(folder, 'godwit-import.cjs')
    const module = new Module(file) as CompilableModule
    // A function made by `new Function` would resolve from the working directory instead.
    module._compile('module.exports = (specifier) => import(specifier)', file, 'commonjs')
    importer = module.exports as Import
    importers.set(folder, importer)
  }
  return importer(specifier)
}
