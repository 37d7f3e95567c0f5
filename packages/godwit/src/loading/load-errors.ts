import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { distance } from 'fastest-levenshtein'
import { GodwitError, isGodwitError } from '../errors.js'
import { errorCode, reasonOf } from './error-facts.js'
import { isInstalled } from './module-kind.js'
import { installCommand } from './package-manager.js'
import { packageNameOf } from './peer.js'
import { isRelative } from './resolve-typescript.js'
import { originalFrames } from './stack-positions.js'

/** What went wrong while a file of the user's was loaded, as the error people see; Godwit's own errors pass. */
export function loadError(error: unknown, file: string, projectDir: string): GodwitError {
  if (isGodwitError(error)) return inProject(error, projectDir)
  const missing = missingModule(error)
  if (missing !== undefined) return moduleNotFound(missing, file, projectDir, error)
  const name = shown(file, projectDir)
  if (error instanceof SyntaxError) return brokenSyntax(error, name, projectDir)
  const frame = originalFrames(error).find((place) => !isInstalled(place.file))
  const place = frame === undefined ? {} : { line: frame.line, column: frame.column }
  return new GodwitError(
    'GODWIT_FILE_THROWS',
    { file: name, reason: reasonOf(error) },
    { cause: error, file: frame === undefined ? name : shown(frame.file, projectDir), ...place },
  )
}

interface Missing {
  specifier: string
  importer?: string
}

/** Node says it in one way for `require` and in another for `import`. */
function missingModule(error: unknown): Missing | undefined {
  const code = errorCode(error)
  if (!(error instanceof Error) || (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND')) return undefined
  const [, specifier, importer] =
    /^Cannot find (?:module|package) '([^']*)'(?: imported from (.*))?/.exec(error.message) ?? []
  if (specifier === undefined) return undefined
  const required = 'requireStack' in error && Array.isArray(error.requireStack) ? error.requireStack[0] : importer
  return typeof required === 'string' ? { specifier, importer: pathOf(required) } : { specifier }
}

function moduleNotFound(missing: Missing, file: string, projectDir: string, cause: unknown): GodwitError {
  const importer = missing.importer ?? file
  const specifier = missing.specifier.startsWith('file:') ? fileURLToPath(missing.specifier) : missing.specifier
  const facts = { specifier: shownSpecifier(specifier, importer), importer: shown(importer, projectDir) }
  const advice = isRelative(specifier)
    ? adviceForPath(specifier, importer)
    : adviceForPackage(specifier, importer, projectDir)
  return new GodwitError('GODWIT_MODULE_NOT_FOUND', { ...facts, advice }, { cause, file: facts.importer })
}

function adviceForPath(specifier: string, importer: string): string {
  const path = resolve(dirname(importer), specifier)
  // A manifest whose `main` was never built reads as an absent file inside the package.
  const built = /^(.*[\\/])(?:dist|build|lib|out)[\\/]/.exec(path)?.[1]
  if (built !== undefined && existsSync(resolve(built, 'package.json'))) {
    return `${basename(dirname(path))} of ${basename(built)} does not exist: build that package first.`
  }
  const folder = dirname(path)
  if (!existsSync(folder)) return `There is no folder ${relative(dirname(importer), folder) || '.'}. Correct the path.`
  const wanted = basename(path).replace(/\.[cm]?[jt]sx?$/, '')
  const names = readdirSync(folder).map((name) => ({
    name,
    far: distance(name.replace(/\.[cm]?[jt]sx?$/, ''), wanted),
  }))
  const [nearest] = names.sort((a, b) => a.far - b.far)
  if (nearest === undefined || nearest.far > Math.max(2, wanted.length / 3)) return 'Correct the path, or add the file.'
  return `Did you mean '${relativeSpecifier(resolve(folder, nearest.name), importer)}'?`
}

function adviceForPackage(specifier: string, importer: string, projectDir: string): string {
  const name = packageNameOf(specifier)
  for (let folder = dirname(importer); ; folder = dirname(folder)) {
    const installed = resolve(folder, 'node_modules', name)
    if (existsSync(resolve(installed, 'package.json'))) {
      return `The package '${name}' is there, but what it exports is not: build it first (it may be a workspace package whose dist is missing).`
    }
    if (dirname(folder) === folder) break
  }
  const alias = /^[@~#][/\w-]*\//.test(specifier)
    ? ' If it is a path alias, add it to compilerOptions.paths of the nearest tsconfig.json.'
    : ''
  return `${installCommand(projectDir, name)}${alias}`
}

function brokenSyntax(error: SyntaxError, name: string, projectDir: string): GodwitError {
  // V8 puts the place of a syntax error above the message.
  const [, at, line] = /^(?:file:\/\/)?(\/.*|[a-zA-Z]:\\.*):(\d+)\n/.exec(error.stack ?? '') ?? []
  const file = at === undefined ? name : shown(at, projectDir)
  const place = line === undefined ? {} : { line: Number(line) }
  return new GodwitError('GODWIT_FILE_SYNTAX', { file, reason: reasonOf(error) }, { cause: error, file, ...place })
}

/** The loader knows absolute paths only; people read them relative to their project. */
function inProject(error: GodwitError, projectDir: string): GodwitError {
  const { file } = error.details
  if (error.code !== 'GODWIT_FILE_SYNTAX' || file === undefined) return error
  const name = shown(file, projectDir)
  const reason = error.message.slice(error.message.indexOf(': ') + 2)
  return new GodwitError(
    'GODWIT_FILE_SYNTAX',
    { file: name, reason },
    { ...error.details, cause: error.cause, file: name },
  )
}

function shown(file: string, projectDir: string): string {
  const path = relative(projectDir, file)
  return path === '' || path.startsWith('..') ? file : path
}

function shownSpecifier(specifier: string, importer: string): string {
  return resolve(specifier) === specifier ? relativeSpecifier(specifier, importer) : specifier
}

function relativeSpecifier(path: string, importer: string): string {
  const way = relative(dirname(importer), path).replaceAll('\\', '/')
  return way.startsWith('.') ? way : `./${way}`
}

function pathOf(urlOrPath: string): string {
  return urlOrPath.startsWith('file:') ? fileURLToPath(urlOrPath) : urlOrPath
}
