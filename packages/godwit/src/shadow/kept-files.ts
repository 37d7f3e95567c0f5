import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheFolder } from '../loading/cache-folder.js'

/** What is kept of a state: the archive of its data folder, or what was asked of it. */
export type Kept = 'archive' | 'answers'

const endings: Readonly<Record<Kept, string>> = { archive: '.tar', answers: '.json' }

/** States are large; older ones are of histories that are gone. */
const MOST = 4

/** Whether the archive of a state is kept. */
export function isKept(state: string): boolean {
  const file = fileOf(state, 'archive')
  return file !== undefined && existsSync(file)
}

/** What is kept of a state; `undefined`: nothing. Read at once: another process may use or replace the file meanwhile. */
export async function readKept(state: string, what: Kept): Promise<Buffer | undefined> {
  const file = fileOf(state, what)
  if (file === undefined) return undefined
  const content = await readFile(file).catch(() => undefined)
  if (content === undefined) return undefined
  const now = new Date()
  await utimes(file, now, now).catch(() => {})
  return content
}

/** Takes away what is of no use. */
export async function dropKept(state: string, what: Kept): Promise<void> {
  const file = fileOf(state, what)
  if (file !== undefined) await rm(file, { force: true }).catch(() => {})
}

/** Keeps something of a state, whole or not at all. A folder that cannot be written is no error. */
export async function writeKept(state: string, content: Uint8Array, what: Kept): Promise<void> {
  const file = fileOf(state, what)
  if (file === undefined) return
  const draft = `${file}.${process.pid}.draft`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(draft, content)
    await rename(draft, file)
    await prune(dirname(file), endings[what])
  } catch {
    await rm(draft, { force: true })
  }
}

async function prune(folder: string, ending: string): Promise<void> {
  // Drafts of processes that were killed, too.
  const names = (await readdir(folder)).filter((name) => name.includes(ending))
  const kept = await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name)
      return { file, used: (await stat(file)).mtimeMs }
    }),
  )
  const old = kept.sort((a, b) => b.used - a.used).slice(MOST)
  await Promise.all(old.map(({ file }) => rm(file, { force: true })))
}

function fileOf(state: string, what: Kept): string | undefined {
  const folder = cacheFolder()
  return folder === undefined ? undefined : join(folder, 'shadow', `${state}${endings[what]}`)
}
