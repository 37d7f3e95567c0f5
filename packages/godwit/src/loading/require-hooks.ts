import { readFileSync } from 'node:fs'
import Module, { createRequire, isBuiltin } from 'node:module'
import { awaitsAtTop, compileFile } from './compile.js'
import { errorCode, isNotFound, noteImport } from './error-facts.js'
import { isInstalled, isTypeScript, moduleKindOf } from './module-kind.js'
import type { CompilableModule } from './native-import.js'
import { ownRequire } from './own-require.js'
import { isDeclarationOnly, resolveTypeScript } from './resolve-typescript.js'
import { fresherSource, unbuiltSource } from './workspace-source.js'

type Extension = (module: CompilableModule, file: string) => void

/** What `require` is made of. Node documents the extensions as deprecated but kept, and tools rely on the rest. */
interface CommonJs {
  _resolveFilename(request: string, parent: Module | undefined, isMain: boolean, options?: object): string
  _extensions: Record<string, Extension | undefined>
  _cache: Record<string, Module | undefined>
}

const commonJs = Module as unknown as CommonJs
const typeScriptEndings = ['.ts', '.tsx', '.mts', '.cts']
const virtualGodwit = 'godwit:given'
const nothing = 'godwit:nothing'

let remove: (() => void) | undefined
let configsLoading = 0
/** What stands for `godwit` in the files that are being required. */
let given: object | undefined

/**
 * Lets `require` take TypeScript. Only TypeScript files and what they import are touched: for all others `require`
 * stays what it was.
 */
export function installRequireHooks(): void {
  if (remove !== undefined) return
  const resolveFilename = commonJs._resolveFilename
  const before = typeScriptEndings.map((ending) => [ending, commonJs._extensions[ending]] as const)
  commonJs._resolveFilename = function (request, parent, isMain, options) {
    const importer = parent?.filename
    if (typeof importer !== 'string' || isBuiltin(request))
      return resolveFilename.call(this, request, parent, isMain, options)
    const next = (): string => resolveFilename.call(this, request, parent, isMain, options)
    if (request === 'godwit' && given !== undefined && !isInstalled(importer)) return virtual(virtualGodwit, given)
    return isTypeScript(importer) ? resolveFrom(request, importer, next) : next()
  }
  for (const ending of typeScriptEndings) commonJs._extensions[ending] = compileAndRun
  remove = () => {
    commonJs._resolveFilename = resolveFilename
    for (const [ending, extension] of before) {
      if (extension === undefined) delete commonJs._extensions[ending]
      else commonJs._extensions[ending] = extension
    }
    remove = undefined
  }
}

/** Makes `require` what it was before {@link installRequireHooks}; modules that were loaded stay loaded. */
export function removeRequireHooks(): void {
  remove?.()
}

/**
 * Requires a configuration file: `godwit` is answered with `defineConfig` alone, whether it is installed or not, and ES
 * modules of the project are compiled to CommonJS, which is faster to load. The file is read anew at each call.
 */
export function requireConfig(file: string): unknown {
  installRequireHooks()
  const restore = configsLoading++ === 0 ? compileConfigSources() : undefined
  try {
    delete commonJs._cache[file]
    return requireGiven(file, configExports)
  } finally {
    configsLoading--
    restore?.()
    delete commonJs._cache[file]
  }
}

/** Requires a file to which `godwit` is answered with what is given. */
export function requireGiven(file: string, godwit: object): unknown {
  installRequireHooks()
  const before = given
  given = godwit
  try {
    return createRequire(file)(file)
  } finally {
    given = before
    delete commonJs._cache[virtualGodwit]
  }
}

/** CommonJS cannot wait: a module with `await` at its top has to be imported, whatever its package.json leaves unsaid. */
export function isAsyncModule(error: unknown): boolean {
  return errorCode(error) === 'ERR_REQUIRE_ASYNC_MODULE'
}

/** Only while a configuration loads: a known `.mjs` would change how `./name` is looked up. */
function compileConfigSources(): () => void {
  const runJavaScript = commonJs._extensions['.js']
  const compileOrRun: Extension = (module, file) =>
    isConfigSource(file) ? compileAndRun(module, file) : runJavaScript?.(module, file)
  commonJs._extensions['.js'] = compileOrRun
  commonJs._extensions['.mjs'] = compileOrRun
  return () => {
    commonJs._extensions['.js'] = runJavaScript
    delete commonJs._extensions['.mjs']
  }
}

function resolveFrom(request: string, importer: string, next: () => string): string {
  const found = resolveTypeScript(request, importer)
  if (found !== undefined) return found
  try {
    const file = next()
    return fresherSource(request, file, importer) ?? file
  } catch (error) {
    if (!isNotFound(error)) throw error
    if (request === 'godwit') return ownRequire.resolve('godwit')
    const source = unbuiltSource(request, importer)
    if (source !== undefined) return source
    if (isDeclarationOnly(request, importer)) return virtual(nothing, {})
    throw noteImport(error, request, importer)
  }
}

function compileAndRun(module: CompilableModule, file: string): void {
  const code = compileFile(file, 'cjs')
  if (awaitsAtTop(code)) {
    const error = new Error(`${file} awaits at its top, so it cannot be required`)
    throw Object.assign(error, { code: 'ERR_REQUIRE_ASYNC_MODULE' })
  }
  module._compile(code, file, 'commonjs')
}

/** An ES module of the project; a `.js` whose package says no `type` may be one too. */
function isConfigSource(file: string): boolean {
  if (isInstalled(file)) return false
  const kind = moduleKindOf(file)
  return kind === 'esm' || (kind === 'unsaid' && /^\s*(?:import|export)\b/m.test(readFileSync(file, 'utf8')))
}

const configExports = { __esModule: true, defineConfig: <T>(config: T): T => config }

/** A module that exists in memory only, put where `require` looks first. */
function virtual(name: string, exports: object): string {
  const module = new Module(name)
  module.filename = name
  module.loaded = true
  module.exports = exports
  commonJs._cache[name] ??= module
  return name
}
