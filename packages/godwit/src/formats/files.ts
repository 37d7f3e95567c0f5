import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import { GodwitError } from '../errors.js'
import type { Script } from './contract.js'
import { rewrite, toLf, withoutBom } from './line-endings.js'

/** What kind of text a file holds; contents of different kinds are never compared. */
export type ContentKind = 'sql' | 'ts' | 'js'

/** Above this many bytes a file is hashed in pieces instead of being read at once. */
const largeFile = 8 * 1024 * 1024

const pieceSize = 1024 * 1024

/** Up to this many bytes a script's text stays in memory between two readings. */
const keptSize = 64 * 1024

/** Looks at one file's bytes while they pass by, in one piece or in many. */
export interface FileReader<T> {
  push: (piece: Buffer) => void
  end: () => T
}

/** Hashes a file's content so that neither a BOM nor the line ending counts: `<kind>:<sha256>`. */
export function contentHash(content: Buffer, kind: ContentKind): string {
  return `${kind}:${sha256(rewrite(withoutBom(content), toLf()))}`
}

/** Hex SHA-256 of bytes as they are. */
export function sha256(content: Buffer): string {
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
    if (index % 100 === 99) await new Promise(setImmediate)
    taken.push(take(readOne(path, projectDir), path))
  }
  return taken
}

/**
 * Reads files of any size through a reader each, in flat memory: a large file arrives in pieces.
 *
 * @throws GODWIT_FILE_UNREADABLE
 */
export async function scanAll<T>(
  paths: readonly string[],
  projectDir: string,
  reader: (path: string) => FileReader<T>,
): Promise<T[]> {
  const results: T[] = []
  for (const [index, path] of paths.entries()) {
    if (index % 100 === 99) await new Promise(setImmediate)
    const one = reader(path)
    if (sizeOf(path, projectDir) > largeFile) await readPieces(path, projectDir, one.push)
    else one.push(readOne(path, projectDir))
    results.push(one.end())
  }
  return results
}

/** A reader that makes {@link contentHash} of what passes by. */
export function hashReader(kind: ContentKind): FileReader<string> {
  const hash = createHash('sha256')
  const endings = toLf()
  let first = true
  return {
    push(piece) {
      hash.update(endings.push(first ? withoutBom(piece) : piece))
      first = false
    },
    end: () => `${kind}:${hash.update(endings.end()).digest('hex')}`,
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

/** A script that is a whole file. @throws GODWIT_FILE_UNREADABLE */
export function fileScript(path: string, projectDir: string): Script {
  const bytes = sizeOf(path, projectDir)
  if (bytes > keptSize) return { file: path, bytes, read: () => readText(path) }
  const text = withoutBom(readOne(path, projectDir)).toString('utf8')
  return {
    file: path,
    bytes,
    read: async function* () {
      yield text
    },
  }
}

async function* readText(path: string): AsyncGenerator<string> {
  let first = true
  for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: pieceSize })) {
    const text = String(piece)
    yield first && text.startsWith('\uFEFF') ? text.slice(1) : text
    first = false
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
