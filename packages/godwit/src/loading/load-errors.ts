import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GodwitError, isGodwitError } from '../errors.js'
import { isNotFound, type MissingImport, reasonOf, writtenImport } from './error-facts.js'
import { isInstalled } from './module-kind.js'
import { adviceOn, relativeSpecifier, triedFor } from './not-found-advice.js'
import { originalFrames } from './stack-positions.js'

/** What went wrong while a file of the user's was loaded, as the error people see; Godwit's own errors pass. */
export function loadError(error: unknown, file: string, projectDir: string): GodwitError {
  if (isGodwitError(error)) return inProject(error, projectDir)
  if (!existsSync(file)) return unreadable(shown(file, projectDir))
  const missing = missingModule(error)
  if (missing !== undefined) return moduleNotFound(missing, file, projectDir, error)
  const name = shown(file, projectDir)
  const unexported =
    error instanceof SyntaxError ? /does not provide an export named '([^']+)'/.exec(error.message) : null
  if (error instanceof SyntaxError && unexported === null) return brokenSyntax(error, name, projectDir)
  const frame = originalFrames(error).find((place) => place.file.startsWith(projectDir) && !isInstalled(place.file))
  const place = frame === undefined ? {} : { line: frame.line, column: frame.column }
  return new GodwitError(
    'GODWIT_FILE_THROWS',
    { file: name, reason: reasonOf(error) },
    {
      cause: error,
      file: frame === undefined ? name : shown(frame.file, projectDir),
      ...place,
      // Only the type checker knows that a name is a type; an ES module has to say so itself.
      ...(unexported === null
        ? {}
        : { hint: `If '${unexported[1]}' is a type, write 'type' before it where it is imported or exported.` }),
    },
  )
}

/** Node would call it a module that was not found. */
function unreadable(file: string): GodwitError {
  return new GodwitError('GODWIT_FILE_UNREADABLE', { file, reason: 'there is no such file' }, { file })
}

/** Node says it in one way for `require` and in another for `import`; the hooks know better what was written. */
function missingModule(error: unknown): MissingImport | undefined {
  if (!isNotFound(error)) return undefined
  const written = writtenImport(error)
  if (written !== undefined) return written
  const [, specifier, from] =
    /^Cannot find (?:module|package) '([^']*)'(?: imported from (.*))?/.exec(error.message) ?? []
  if (specifier === undefined) return undefined
  const required = 'requireStack' in error && Array.isArray(error.requireStack) ? error.requireStack[0] : from
  return { specifier: pathOf(specifier), ...(typeof required === 'string' ? { importer: pathOf(required) } : {}) }
}

function moduleNotFound(missing: MissingImport, file: string, projectDir: string, cause: unknown): GodwitError {
  const { specifier, importer = file } = missing
  const name = shown(importer, projectDir)
  const tried = triedFor(specifier, importer, projectDir)
  const facts = { specifier: shownSpecifier(specifier, importer), importer: name, tried }
  const advice = adviceOn(specifier, importer, projectDir)
  return new GodwitError('GODWIT_MODULE_NOT_FOUND', { ...facts, advice }, { cause, file: name })
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
  const { code, message, cause, details } = error
  if ((code !== 'GODWIT_FILE_SYNTAX' && code !== 'GODWIT_FILE_UNREADABLE') || details.file === undefined) return error
  const file = shown(details.file, projectDir)
  const reason = message.slice(message.indexOf(': ') + 2)
  return new GodwitError(code, { file, reason }, { ...details, cause, file })
}

function shown(file: string, projectDir: string): string {
  const path = relative(projectDir, file)
  return path === '' || path.startsWith('..') ? file : path
}

function shownSpecifier(specifier: string, importer: string): string {
  return resolve(specifier) === specifier ? relativeSpecifier(specifier, importer) : specifier
}

function pathOf(urlOrPath: string): string {
  return urlOrPath.startsWith('file:') ? fileURLToPath(urlOrPath) : urlOrPath
}
