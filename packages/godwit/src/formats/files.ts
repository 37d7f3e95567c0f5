import { createHash, type Hash, hash } from 'node:crypto'
import { closeSync, createReadStream, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import { GodwitError } from '../errors.js'
import type { Script } from './contract.js'
import { type LineEndings, rewrite, toLf, withoutBom } from './line-endings.js'
import type { ReadFiles } from './read-files.js'
import { decodeFile, decodePieces } from './utf8.js'

/** What kind of text a file holds; contents of different kinds are never compared. */
export type ContentKind = 'sql' | 'ts' | 'js'

const pieceSize = 1024 * 1024

/** Looks at one file's bytes while they pass by, in one piece or in many. */
export interface FileReader<T> {
  /** A lone piece stays as it is until `end` was called; of several, each is a buffer of its own. */
  push: (piece: Buffer) => void
  end: () => T
}

/** Hashes a file's content so that neither a BOM nor the line ending counts: `<kind>:<sha256>`. */
export function contentHash(content: Buffer, kind: ContentKind): string {
  return `${kind}:${sha256(rewrite(withoutBom(content), toLf()))}`
}

/** Hex SHA-256 of bytes as they are. */
function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/**
 * Reads each file once and keeps only what `take` makes of it. Small files are read synchronously: for a thousand of
 * them that is several times faster than the thread pool; between batches the event loop gets its turn.
 *
 * @param projectDir paths in errors are relative to it
 * @throws GODWIT_FILE_UNREADABLE
 */
export async function readAll<T>(
  paths: readonly string[],
  projectDir: string,
  take: (content: Buffer, path: string) => T,
): Promise<T[]> {
  const taken: T[] = []
  for (const [index, path] of paths.entries()) {
    if (index % 500 === 499) await new Promise(setImmediate)
    taken.push(take(readOne(path, projectDir), path))
  }
  return taken
}

/**
 * Reads files of any size through a reader each, in flat memory: a large file arrives in pieces.
 *
 * @param read keeps what small files hold
 * @throws GODWIT_FILE_UNREADABLE
 */
export async function scanAll<T>(
  paths: readonly string[],
  projectDir: string,
  reader: (path: string) => FileReader<T>,
  read?: ReadFiles,
): Promise<T[]> {
  const results: T[] = []
  for (const [index, path] of paths.entries()) {
    if (index % 500 === 499) await new Promise(setImmediate)
    const one = reader(path)
    const small = readSmall(path, projectDir)
    if (small === undefined) await readPieces(path, projectDir, one.push)
    else {
      read?.keep(path, small)
      one.push(small)
    }
    results.push(one.end())
  }
  return results
}

/** A reader that makes {@link contentHash} of what passes by. */
export function hashReader(kind: ContentKind): FileReader<string> {
  const digest = sha256Reader(toLf())
  let first = true
  return {
    push(piece) {
      digest.push(first ? withoutBom(piece) : piece)
      first = false
    },
    end: () => `${kind}:${digest.end()}`,
  }
}

/** A reader that makes the hex SHA-256 of what passes by, its line endings rewritten if `endings` says so. */
export function sha256Reader(endings?: LineEndings): FileReader<string> {
  let first: Buffer | undefined
  let digest: Hash | undefined
  const take = (piece: Buffer): void => {
    if (piece.length === 0) return
    // Hashing one piece at once is twice as fast as updating; most files are one.
    if (first === undefined) first = piece
    else digest = (digest ?? createHash('sha256').update(first)).update(piece)
  }
  return {
    push: (piece) => take(endings === undefined ? piece : endings.push(piece)),
    end() {
      if (endings !== undefined) take(endings.end())
      return digest === undefined ? hash('sha256', first ?? '') : digest.digest('hex')
    },
  }
}

/** Names and kinds of a folder's entries. @throws GODWIT_FOLDER_MISSING, GODWIT_FILE_UNREADABLE */
export function listFolder(folder: string, projectDir: string): { name: string; isFolder: boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory() || (entry.isSymbolicLink() && statSync(`${folder}/${entry.name}`).isDirectory()),
    }))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new GodwitError('GODWIT_FOLDER_MISSING', { folder: relative(projectDir, folder) || '.' }, { cause: error })
    }
    throw unreadable(folder, projectDir, error)
  }
}

/** Of a source and what was built from it beside it, the source; sorted by name. */
export function withoutOutput(files: readonly string[]): string[] {
  const sources = new Set(files.filter((file) => /\.[cm]?ts$/.test(file)))
  return files.filter((file) => sources.has(file) || !sources.has(file.replace(/js$/, 'ts'))).sort()
}

/**
 * Wants every name to be there once.
 *
 * @throws GODWIT_DUPLICATE_NAME naming both files
 */
export function refuseDuplicateNames(files: readonly { name: string; file: string }[], projectDir: string): void {
  const seen = new Map<string, string>()
  for (const { name, file } of files) {
    const other = seen.get(name)
    if (other !== undefined) {
      const both = [other, file].map((path) => relative(projectDir, path))
      throw new GodwitError('GODWIT_DUPLICATE_NAME', { name, files: both })
    }
    seen.set(name, file)
  }
}

/**
 * A script that is a whole file.
 *
 * @param read what is known of it need not be read again
 * @throws GODWIT_FILE_UNREADABLE, GODWIT_FILE_NOT_UTF8; the latter of a large one while it is read
 */
export function fileScript(path: string, projectDir: string, read?: ReadFiles): Script {
  const small = read?.contentOf(path) ?? readSmall(path, projectDir)
  if (small === undefined)
    return {
      file: path,
      bytes: sizeOf(path, projectDir),
      read: () => decodePieces(path, projectDir, pieceSize),
    }
  const text = decodeFile(small, path, projectDir)
  return {
    file: path,
    bytes: small.length,
    read: async function* () {
      yield text
    },
  }
}

/** An error that says why a file cannot be read. */
export function unreadable(path: string, projectDir: string, cause: unknown): GodwitError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const file = relative(projectDir, path) || '.'
  return new GodwitError('GODWIT_FILE_UNREADABLE', { file, reason }, { cause, file })
}

function readOne(path: string, projectDir: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw unreadable(path, projectDir, error)
  }
}

// One buffer for all small files: open, read and close are all that the system is asked for. What fills it is no small
// one: of that, a script's text does not stay in memory between two readings.
const shared = Buffer.allocUnsafe(64 * 1024)

/** What a small file holds, until the next one is read; undefined for a larger one. */
function readSmall(path: string, projectDir: string): Buffer | undefined {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const length = readSync(file, shared)
    return length === shared.length ? undefined : shared.subarray(0, length)
  } catch (error) {
    throw unreadable(path, projectDir, error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function sizeOf(path: string, projectDir: string): number {
  try {
    return statSync(path).size
  } catch (error) {
    throw unreadable(path, projectDir, error)
  }
}

async function readPieces(path: string, projectDir: string, push: (piece: Buffer) => void): Promise<void> {
  try {
    for await (const piece of createReadStream(path, { highWaterMark: pieceSize })) push(piece as Buffer)
  } catch (error) {
    throw unreadable(path, projectDir, error)
  }
}
