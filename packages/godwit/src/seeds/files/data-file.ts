import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { GodwitError } from '../../errors.js'
import { csvRows, type FileRow } from './csv.js'
import { jsonLines, jsonList } from './json.js'

const readers: Record<string, (path: string) => AsyncIterable<FileRow>> = {
  '.csv': csvRows,
  '.jsonl': jsonLines,
  '.ndjson': jsonLines,
  '.json': jsonList,
}

/** Whether the values of a file are text that the database reads by the column's type. */
export function isText(path: string): boolean {
  return extname(path).toLowerCase() === '.csv'
}

/**
 * The rows of a data file, by its ending.
 *
 * @param shown its path for messages
 * @throws GODWIT_SEED_INVALID for a file that is not there or of another kind; FileFault for what cannot be read in it
 */
export function fileRows(path: string, shown: string): AsyncIterable<FileRow> {
  const read = readers[extname(path).toLowerCase()]
  if (read === undefined)
    throw new GodwitError('GODWIT_SEED_INVALID', {
      reason: `'${shown}' is no file of rows: ${Object.keys(readers).join(', ')} are`,
    })
  if (!existsSync(path))
    throw new GodwitError('GODWIT_SEED_INVALID', { reason: `The file of rows is not there: ${shown}` })
  return read(path)
}

/** The line of a row of a file, from 1; `undefined`: it has no such row. */
export async function lineOf(path: string, shown: string, row: number): Promise<number | undefined> {
  let number = 0
  for await (const { line } of fileRows(path, shown)) if (++number === row) return line
  return undefined
}
