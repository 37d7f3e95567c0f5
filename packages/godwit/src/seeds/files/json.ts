import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { FileFault, type FileRow } from './csv.js'

/** The rows of a file with one JSON object a line; empty lines count for nothing. @throws FileFault */
export async function* jsonLines(path: string): AsyncIterable<FileRow> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })
  let line = 0
  for await (const text of lines) {
    line++
    const said = line === 1 ? text.replace(/^\uFEFF/, '') : text
    if (said.trim() === '') continue
    yield { row: parsed(said, line) as FileRow['row'], line }
  }
}

/** The rows of a file that is one JSON list. @throws FileFault */
export async function* jsonList(path: string): AsyncIterable<FileRow> {
  const list = parsed((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''), 1)
  if (!Array.isArray(list)) throw new FileFault('it holds no list', 1)
  for (const row of list) yield { row, line: 1 }
}

function parsed(text: string, line: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FileFault((error as Error).message, line)
  }
}
