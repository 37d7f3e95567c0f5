import { basename, dirname, join, resolve } from 'node:path'
import type * as GetTsconfig from 'get-tsconfig'
import { GodwitError } from '../errors.js'
import { reasonOf } from './error-facts.js'
import { ownRequire } from './own-require.js'

/** The compiler options that change what a module does when it runs. */
export interface CompileSettings {
  /** `experimentalDecorators`, as against the standard ones. */
  legacyDecorators: boolean
  metadata: boolean
  defineFields: boolean
  /** `import x from` a CommonJS module gives its exports object. */
  interop: boolean
  strictNulls: boolean
  jsx: string
}

/** What is known of the tsconfig that governs a file. */
export interface TsProject {
  settings: CompileSettings
  /** Absolute, where non-relative imports may start. */
  baseUrl?: string
  /** Pattern with at most one `*`, and its absolute targets. */
  paths: [pattern: string, targets: string[]][]
}

type Config = GetTsconfig.TsConfigJsonResolved
type Options = NonNullable<Config['compilerOptions']>

/**
 * Reads a tsconfig with all it extends; `files` are the ones that were read.
 *
 * @throws GODWIT_FILE_UNREADABLE when it or one it extends is absent or no JSON.
 */
export function parseProject(tsconfig: string): { files: string[]; project: TsProject } {
  // Required here, since hooks of `require` cannot wait and loading the parser takes longer than parsing.
  const { parseTsconfig, createPathsMatcher } = ownRequire('get-tsconfig') as typeof GetTsconfig
  const reads = new Map<string, string>()
  const parse = (file: string): Config => {
    try {
      return parseTsconfig(file, reads)
    } catch (cause) {
      throw new GodwitError('GODWIT_FILE_UNREADABLE', { file, reason: reasonOf(cause) }, { cause, file })
    }
  }
  let path = tsconfig
  let config = parse(path)
  const part = mainReference(config)
  if (part !== undefined) {
    path = resolve(dirname(tsconfig), part)
    if (!path.endsWith('.json')) path = join(path, 'tsconfig.json')
    config = parse(path)
  }
  const files = [...reads.keys()].flatMap((key) => /^readFileSync:(.*):utf8$/.exec(key)?.[1] ?? [])
  return { files, project: projectFrom(path, config, createPathsMatcher({ path, config })) }
}

/** A tsconfig that only points at others (Nx, Vite) leaves the options to them: the first that is not for tests. */
function mainReference(config: Config): string | undefined {
  if (config.files?.length !== 0 || (config.include?.length ?? 0) > 0) return undefined
  const paths = (config.references ?? []).map((reference) => reference.path)
  return paths.find((path) => !/spec|test|e2e/i.test(basename(path))) ?? paths[0]
}

function projectFrom(path: string, config: Config, match: GetTsconfig.PathsMatcher | null): TsProject {
  const options = config.compilerOptions ?? {}
  // Only the matcher knows which of the extended files the targets are relative to; a pattern matches itself.
  const paths = Object.keys(options.paths ?? {}).map((pattern): [string, string[]] => [pattern, match?.(pattern) ?? []])
  const settings = settingsFrom(options)
  return options.baseUrl === undefined
    ? { settings, paths }
    : { settings, paths, baseUrl: resolve(dirname(path), options.baseUrl) }
}

/** TypeScript's own defaults, where an option depends on another. */
function settingsFrom(options: Options): CompileSettings {
  const lower = (value: unknown): string => String(value ?? '').toLowerCase()
  const [target, module] = [lower(options.target), lower(options.module)]
  const year = Number(/^es(\d{4})$/.exec(target)?.[1] ?? 0)
  return {
    legacyDecorators: options.experimentalDecorators === true,
    metadata: options.emitDecoratorMetadata === true,
    defineFields: options.useDefineForClassFields ?? (target === 'esnext' || year >= 2022),
    interop: options.esModuleInterop ?? !(module === '' || module === 'commonjs'),
    strictNulls: options.strictNullChecks ?? options.strict === true,
    jsx: options.jsx ?? 'react-jsx',
  }
}
