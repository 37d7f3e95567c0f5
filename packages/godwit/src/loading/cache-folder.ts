import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

let folder: string | undefined
let chosenFor: string | undefined

/** Puts the cache into the project: `node_modules/.cache/godwit`, or `.godwit/cache` where there is no `node_modules`. */
export function cacheIn(projectDir: string): void {
  // Asked for each of a thousand modules.
  if (projectDir === chosenFor) return
  chosenFor = projectDir
  const modules = join(projectDir, 'node_modules')
  folder = existsSync(modules) ? join(modules, '.cache', 'godwit') : join(projectDir, '.godwit', 'cache')
}

/** Where the cache is now; undefined before the first load. */
export function cacheFolder(): string | undefined {
  return folder
}

/** Uses a cache folder that another thread chose. */
export function useCacheFolder(chosen: string | undefined): void {
  chosenFor = undefined
  folder = chosen
  chosenFor = undefined
}

/** A short name for content or a path: the first 32 hexadecimal digits of its SHA-256. */
export function digest(...parts: string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex').slice(0, 32)
}

/** What is cached under a name, or undefined. */
export function readCached(name: string): string | undefined {
  if (folder === undefined) return undefined
  try {
    return readFileSync(join(folder, name), 'utf8')
  } catch {
    return undefined
  }
}

/** Keeps `content` under a name, whole or not at all; a folder that cannot be written is no error. */
export function writeCached(name: string, content: string): void {
  if (folder === undefined) return
  const file = join(folder, name)
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`
  try {
    ensureFolder(folder)
    writeFileSync(draft, content)
    renameSync(draft, file)
  } catch {
    removeDraft(draft)
  }
}

function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true })
  } catch {
    // Where nothing can be written, there is nothing to remove.
  }
}

function ensureFolder(path: string): void {
  if (existsSync(path)) return
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, '.gitignore'), '*\n')
}
