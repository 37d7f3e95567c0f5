import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { awaitsAtTop, compileFile } from './compile.js'
import { noteImport } from './error-facts.js'
import { jsonModule } from './json-module.js'
import { isInstalled, isTypeScript, moduleKindOf } from './module-kind.js'
import { ownRequire } from './own-require.js'
import { isDeclarationOnly, resolveTypeScript } from './resolve-typescript.js'
import { fresherSource, unbuiltSource } from './workspace-source.js'

/** What follows `with` in an import. */
export interface ImportAttributes {
  type?: string
}

export interface ModuleSource {
  format: 'module'
  source: string
  shortCircuit: true
}

/** What the message of an error from the other thread begins with; the file's path follows. */
export const uncompilable = 'godwit cannot compile '

/** Where an `import` in a TypeScript file leads, as a URL, when that is not for Node to say. */
export function importTarget(specifier: string, parentUrl: string | undefined): string | undefined {
  const importer = fileOf(parentUrl)
  if (importer === undefined || !isTypeScript(importer)) return undefined
  const path = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier
  const found = resolveTypeScript(path, importer)
  return found === undefined ? undefined : pathToFileURL(found).href
}

/** What stands in for an `import` that Node did not find; undefined lets it fail. */
export function importFallback(specifier: string, parentUrl: string | undefined): string | undefined {
  const importer = fileOf(parentUrl)
  if (importer === undefined || isInstalled(importer)) return undefined
  if (specifier === 'godwit') return ownUrl()
  if (!isTypeScript(importer)) return undefined
  const source = unbuiltSource(specifier, importer)
  if (source !== undefined) return pathToFileURL(source).href
  return isDeclarationOnly(specifier, importer) ? 'data:text/javascript,export {}' : undefined
}

/** Where an `import` leads that Node has resolved to `url`, when that was built from sources that have changed since. */
export function importFresher(specifier: string, url: string, parentUrl: string | undefined): string | undefined {
  const [importer, file] = [fileOf(parentUrl), fileOf(url)]
  if (importer === undefined || file === undefined || !isTypeScript(importer)) return undefined
  const source = fresherSource(specifier, file, importer)
  return source === undefined ? undefined : pathToFileURL(source).href
}

/** {@link noteImport} for importers known by URL. */
export function noteMissing(error: unknown, specifier: string, parentUrl: string | undefined): unknown {
  const importer = fileOf(parentUrl)
  return importer === undefined ? error : noteImport(error, specifier, importer)
}

/** The source of a module that Node cannot load itself: TypeScript, and JSON that is imported without `with`. */
export function importSource(url: string, attributes: ImportAttributes | undefined): ModuleSource | undefined {
  const file = fileOf(url)
  if (file === undefined) return undefined
  if (file.endsWith('.json') && attributes?.type === undefined) {
    return asModule(jsonModule(readFileSync(file, 'utf8').trim()))
  }
  if (!isTypeScript(file)) return undefined
  return asModule(runsAsModule(file) ? compileFile(file, 'esm') : facade(file))
}

/** A file whose package says no `type` is CommonJS, unless it awaits at its top, which CommonJS cannot. */
function runsAsModule(file: string): boolean {
  const kind = moduleKindOf(file)
  return kind === 'unsaid' ? awaitsAtTop(compileFile(file, 'cjs')) : kind === 'esm'
}

/** An ES module that hands out the exports of a CommonJS one, which `require` loads: there is only one of it. */
function facade(file: string): string {
  const names = [...exportedNames(file, new Set())].filter((name) => name !== 'default')
  return [
    "import { createRequire } from 'node:module'",
    `const _godwit_exports = createRequire(import.meta.url)(${JSON.stringify(file)})`,
    'const _godwit_default = _godwit_exports?.__esModule && "default" in _godwit_exports ? _godwit_exports.default : _godwit_exports',
    'export { _godwit_default as default }',
    ...names.map((name, index) => `const _godwit_${index} = _godwit_exports[${JSON.stringify(name)}]`),
    ...names.map((name, index) => `export { _godwit_${index} as ${JSON.stringify(name)} }`),
  ].join('\n')
}

/** The names swc lists in its output for readers like this one, those of `export *` followed. */
function exportedNames(file: string, seen: Set<string>): Set<string> {
  const names = new Set<string>()
  if (seen.has(file)) return names
  seen.add(file)
  const code = compileFile(file, 'cjs')
  const list = /^0 && \(module\.exports = \{([^}]*)\}\);/m.exec(code)?.[1] ?? ''
  const single = /^Object\.defineProperty\(exports, "(?!__esModule)([^"]+)"/m.exec(code)?.[1]
  if (single !== undefined) names.add(single)
  for (const [, quoted, plain] of list.matchAll(/^\s*(?:"([^"]+)"|([^\s:]+)): null/gm)) names.add(quoted ?? plain ?? '')
  for (const [, specifier] of code.matchAll(/__export\(require\("([^"]+)"\)\)/g)) {
    const target = specifier === undefined ? undefined : resolveTypeScript(specifier, file)
    if (target !== undefined && isTypeScript(target)) for (const name of exportedNames(target, seen)) names.add(name)
  }
  return names
}

function ownUrl(): string {
  try {
    return pathToFileURL(ownRequire.resolve('godwit')).href
  } catch {
    return `data:text/javascript,${encodeURIComponent('export const defineConfig = (config) => config')}`
  }
}

function fileOf(url: string | undefined): string | undefined {
  return url?.startsWith('file:') ? fileURLToPath(url) : undefined
}

function asModule(source: string): ModuleSource {
  return { format: 'module', source, shortCircuit: true }
}
