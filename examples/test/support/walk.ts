import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { glob } from 'tinyglobby'
import type { Ran } from './lines.js'
import { complaint } from './printed.js'
import type { Block } from './tutorial.js'

/** Where a tutorial is walked: the folder that its beginning ends in. */
export interface Ground {
  folder: string
  run: (line: string) => Promise<Ran>
}

/**
 * Does what a tutorial says, block by block: runs `sh` (to end with 0, or with its `exit=`), compares `text` with what the last
 * one printed, and writes a block with `file=`. What is no command, no output and no file is refused.
 *
 * @throws with the page and the line of the block that is not so
 */
export async function walk(blocks: readonly Block[], ground: Ground): Promise<void> {
  let printed: string | undefined
  for (const block of blocks) {
    if (block.says.file !== undefined) await writeBlock(block, block.says.file, ground.folder)
    else if (block.language === 'sh') printed = await runBlock(block, ground)
    else if (block.language === 'text') comparePrinted(block, printed)
    else throw new Error(`${block.place}: a '${block.language}' block that names no file`)
  }
}

async function runBlock({ text, says, place }: Block, { run }: Ground): Promise<string> {
  const { code, out } = await run(`{ set -e\n${text}} 2>&1`)
  const expected = Number(says.exit ?? 0)
  if (code !== expected) throw new Error(`${place}: ended with ${code}, not ${expected}\n${text}${out}`)
  return out
}

function comparePrinted({ text, place }: Block, printed: string | undefined): void {
  if (printed === undefined) throw new Error(`${place}: nothing ran that could have printed this`)
  const wrong = complaint(text, printed)
  if (wrong !== undefined) throw new Error(`${place}: ${wrong}`)
}

// `file` may be a pattern, for a name with a timestamp. The block stands behind the line that ends with `after`, or in the place
// of the one that ends with `instead`; else it is the whole file.
async function writeBlock({ text, says, place }: Block, file: string, folder: string): Promise<void> {
  const path = file.includes('*') ? await onlyMatch(file, folder, place) : join(folder, file)
  const ending = says.after ?? says.instead
  if (ending === undefined) {
    await mkdir(dirname(path), { recursive: true })
    return writeFile(path, text)
  }
  const lines = (await readFile(path, 'utf8')).split('\n')
  const found = [...lines.keys()].filter((at) => lines[at]?.endsWith(ending))
  const [at] = found
  if (at === undefined || found.length > 1)
    throw new Error(`${place}: ${found.length} lines of ${file} end with '${ending}'`)
  if (says.after === undefined) lines.splice(at, 1, text.trimEnd())
  else lines.splice(at + 1, 0, text.trimEnd())
  await writeFile(path, lines.join('\n'))
}

async function onlyMatch(pattern: string, folder: string, place: string): Promise<string> {
  const found = await glob(pattern, { cwd: folder, absolute: true })
  if (found.length !== 1) throw new Error(`${place}: ${found.length} files match ${pattern}`)
  return found[0] as string
}
