import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { Script } from 'node:vm'
import type * as Swc from '@swc/core'
import { GodwitError } from '../errors.js'
import { digest, readCached, writeCached } from './cache-folder.js'
import { reasonOf } from './error-facts.js'
import { tolerateLateExports } from './late-exports.js'
import { guardMetadataTypes, loosenMetadataImports } from './metadata-types.js'
import { isTypeScript } from './module-kind.js'
import { mayHoldNullUnions, withoutNulls } from './null-unions.js'
import { ownRequire } from './own-require.js'
import { syntaxError } from './syntax-error.js'
import { tsProjectOf } from './tsconfig.js'
import type { CompileSettings } from './tsconfig-parse.js'

/** What the compiled file is to be run as. */
export type OutputKind = 'cjs' | 'esm'

/** Raised whenever the same input would compile to something else. */
const revision = '1'
const awaits = '\n//godwit awaits at its top'
let swcVersion: string | undefined

/**
 * Compiles a TypeScript or JavaScript file, types stripped unchecked; from the cache while the source, the options
 * that matter and swc are the same. swc is loaded only when something is not there.
 *
 * @throws GODWIT_FILE_SYNTAX, GODWIT_FILE_UNREADABLE
 */
export function compileFile(file: string, kind: OutputKind): string {
  const source = readSource(file)
  const { settings } = tsProjectOf(file)
  swcVersion ??= (ownRequire('@swc/core/package.json') as { version: string }).version
  const stamp = `\n//godwit ${digest(revision, swcVersion, kind, JSON.stringify(settings), source)}`
  // One entry a file, so that the cache does not grow with every edit.
  const name = `${kind}-${digest(file)}.js`
  const cached = readCached(name)
  if (cached?.endsWith(stamp)) return cached
  const code = compile(file, source, kind, settings) + stamp
  writeCached(name, code)
  return code
}

function compile(file: string, source: string, kind: OutputKind, settings: CompileSettings): string {
  const swc = ownRequire('@swc/core') as typeof Swc
  const options = swcOptions(file, kind, settings)
  try {
    const text = needsNullsRemoved(source, settings) ? removeNulls(swc, source, options) : source
    const { code } = swc.transformSync(text, options)
    if (kind === 'esm') return guardMetadataTypes(loosenMetadataImports(code))
    return parsesOnlyAsync(code) ? code + awaits : guardMetadataTypes(tolerateLateExports(code))
  } catch (cause) {
    throw syntaxError(file, cause)
  }
}

function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new GodwitError('GODWIT_FILE_UNREADABLE', { file, reason: reasonOf(cause) }, { cause, file })
  }
}

/** Whether a file that was compiled to CommonJS awaits at its top, which CommonJS cannot: it has to be imported. */
export function awaitsAtTop(code: string): boolean {
  return code.includes(awaits)
}

function parsesOnlyAsync(code: string): boolean {
  if (!/\bawait\b/.test(code)) return false
  const parses = (opening: string): boolean => {
    try {
      new Script(`(${opening} () {${code}\n})`)
      return true
    } catch {
      return false
    }
  }
  return !parses('function') && parses('async function')
}

function needsNullsRemoved(source: string, settings: CompileSettings): boolean {
  return settings.legacyDecorators && settings.metadata && !settings.strictNulls && mayHoldNullUnions(source)
}

function removeNulls(swc: typeof Swc, source: string, options: Swc.Options): string {
  const parser = options.jsc?.parser
  return parser === undefined ? source : withoutNulls(source, swc.parseSync(source, parser))
}

function swcOptions(file: string, kind: OutputKind, settings: CompileSettings): Swc.Options {
  return {
    filename: file,
    swcrc: false,
    configFile: false,
    sourceMaps: 'inline',
    inlineSourcesContent: false,
    module:
      kind === 'esm'
        ? { type: 'es6' }
        : // The annotation lists the exported names, which an importing ES module has to know before it runs.
          { type: 'commonjs', noInterop: !settings.interop, exportInteropAnnotation: true },
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: isTypeScript(file)
        ? { syntax: 'typescript', decorators: true, tsx: extname(file) === '.tsx' }
        : { syntax: 'ecmascript', decorators: true },
      transform: {
        ...(settings.legacyDecorators
          ? { legacyDecorator: true, decoratorMetadata: settings.metadata }
          : { decoratorVersion: '2022-03' as const }),
        useDefineForClassFields: settings.defineFields,
        react: { runtime: settings.jsx === 'react' ? 'classic' : 'automatic' },
      },
    },
  }
}
