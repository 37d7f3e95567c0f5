const BLOCK = 512
const FOLDER = '5'

/** A file or a folder of an archive. */
export interface TarEntry {
  name: string
  isFolder: boolean
  /** A part of the archive itself. */
  content: Uint8Array
}

/**
 * Reads an uncompressed archive (ustar) as PGlite writes it.
 *
 * @throws Error where it is none, or not all of one
 */
export function* readTar(archive: Uint8Array): Generator<TarEntry> {
  for (let at = 0; ; ) {
    const header = archive.subarray(at, at + BLOCK)
    if (header.length < BLOCK) throw new Error('the archive is cut short')
    if (header[0] === 0) return
    if (numberIn(header.subarray(148, 156)) !== sumOf(header)) throw new Error('the archive is damaged')
    const size = numberIn(header.subarray(124, 136))
    at += BLOCK
    const content = archive.subarray(at, at + size)
    if (content.length < size) throw new Error('the archive is cut short')
    yield { name: nameIn(header), isFolder: textIn(header.subarray(156, 157)) === FOLDER, content }
    at += Math.ceil(size / BLOCK) * BLOCK
  }
}

// A long name is in two parts.
function nameIn(header: Uint8Array): string {
  const [name, before] = [textIn(header.subarray(0, 100)), textIn(header.subarray(345, 500))]
  return before === '' ? name : `${before}/${name}`
}

function textIn(field: Uint8Array): string {
  const end = field.indexOf(0)
  return Buffer.from(field.buffer, field.byteOffset, end < 0 ? field.length : end).toString()
}

function numberIn(field: Uint8Array): number {
  return Number.parseInt(textIn(field), 8)
}

// Its own field counts as blanks.
function sumOf(header: Uint8Array): number {
  let sum = 8 * 32
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i] as number
  return sum
}
