import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../loading/cache-folder.js'

/** States are large; older ones are of histories that are gone. */
const MOST = 4

/** Whether something is kept under a name. */
export function isKept(name: string): boolean {
  const file = fileOf(name)
  return file !== undefined && existsSync(file)
}

/** What is kept under a name; `undefined`: nothing. Read at once: another process may use or replace the file meanwhile. */
export async function openKept(name: string): Promise<Blob | undefined> {
  const file = fileOf(name)
  if (file === undefined) return undefined
  const content = await readFile(file).catch(() => undefined)
  if (content === undefined) return undefined
  const now = new Date()
  await utimes(file, now, now).catch(() => {})
  return new Blob([content])
}

/** Takes away what is of no use. */
export async function dropKept(name: string): Promise<void> {
  const file = fileOf(name)
  if (file !== undefined) await rm(file, { force: true }).catch(() => {})
}

/** Keeps content under a name, whole or not at all. A folder that cannot be written is no error. */
export async function writeKept(name: string, content: Uint8Array): Promise<void> {
  const file = fileOf(name)
  if (file === undefined) return
  const draft = `${file}.${process.pid}.draft`
  try {
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(draft, content)
    await rename(draft, file)
    await prune(join(file, '..'))
  } catch {
    await rm(draft, { force: true })
  }
}

async function prune(folder: string): Promise<void> {
  const kept = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const file = join(folder, name)
      return { file, used: (await stat(file)).mtimeMs }
    }),
  )
  const old = kept.sort((a, b) => b.used - a.used).slice(MOST)
  await Promise.all(old.map(({ file }) => rm(file, { force: true })))
}

function fileOf(name: string): string | undefined {
  const folder = cacheFolder()
  return folder === undefined ? undefined : join(folder, 'shadow', `${name}.tar`)
}
