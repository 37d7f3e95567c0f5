import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { relative } from 'node:path'
import { GodwitError } from '../errors.js'
import { withoutBom } from './line-endings.js'

const newline = 0x0a

/**
 * A file's bytes as text, without a byte order mark.
 *
 * @throws GODWIT_FILE_NOT_UTF8 with the line: to guess would write other characters into the database than were meant
 */
export function decodeFile(content: Buffer, path: string, projectDir: string): string {
  if (!isUtf8(content)) throw notUtf8(content, 1, path, projectDir)
  return withoutBom(content).toString('utf8')
}

/**
 * A large file as text that arrives in pieces, without a byte order mark.
 *
 * @param pieceSize bytes
 * @throws GODWIT_FILE_NOT_UTF8
 */
export async function* decodePieces(path: string, projectDir: string, pieceSize: number): AsyncGenerator<string> {
  let held: Buffer = Buffer.alloc(0)
  let offset = 0
  for await (const piece of createReadStream(path, { highWaterMark: pieceSize })) {
    const bytes: Buffer = held.length === 0 ? piece : Buffer.concat([held, piece])
    const end = wholeCharacters(bytes)
    yield await decodeAt(bytes.subarray(0, end), offset, path, projectDir)
    offset += end
    held = bytes.subarray(end)
  }
  if (held.length > 0) yield await decodeAt(held, offset, path, projectDir)
}

async function decodeAt(bytes: Buffer, offset: number, path: string, projectDir: string): Promise<string> {
  if (!isUtf8(bytes)) throw notUtf8(bytes, 1 + (await newlinesBefore(path, offset)), path, projectDir)
  return (offset === 0 ? withoutBom(bytes) : bytes).toString('utf8')
}

/** The end of the last character that is there as a whole; what follows waits for the next piece. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes.length
    if (byte < 0xc0) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return needed > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

function notUtf8(bytes: Buffer, firstLine: number, path: string, projectDir: string): GodwitError {
  const file = relative(projectDir, path)
  const line = firstLine + linesBeforeFault(bytes)
  const looksLike =
    /^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2)) && firstLine === 1 ? 'UTF-16' : undefined
  return new GodwitError(
    'GODWIT_FILE_NOT_UTF8',
    { file, line, ...(looksLike === undefined ? {} : { looksLike }) },
    { file, line },
  )
}

// A newline is no part of another character: line by line the fault is found.
function linesBeforeFault(bytes: Buffer): number {
  let lines = 0
  for (let at = 0; at < bytes.length; lines++) {
    const found = bytes.indexOf(newline, at)
    const end = found === -1 ? bytes.length : found + 1
    if (!isUtf8(bytes.subarray(at, end))) return lines
    at = end
  }
  return lines
}

async function newlinesBefore(path: string, offset: number): Promise<number> {
  if (offset === 0) return 0
  let lines = 0
  for await (const piece of createReadStream(path, { end: offset - 1 })) {
    const bytes = piece as Buffer
    for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) lines++
  }
  return lines
}
