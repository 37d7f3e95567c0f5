import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { GodwitError } from '../errors.js'
import { errorCode, reasonOf } from '../loading/error-facts.js'
import { type Manifest, manifestOf } from './manifest.js'

/** A dump that is being made, beside where it will be. */
export interface Draft {
  /** Where the tool writes; nobody else may read it. */
  path: string
  /** Puts the dump and what stands beside it into place, once both are on the disk. */
  finish: (made: Omit<Manifest, 'version' | 'file' | 'size' | 'sha256'>) => Promise<Manifest>
  /** Takes away what was written. */
  discard: () => Promise<void>
}

/**
 * Makes the file that a dump is written to.
 *
 * @param file absolute; a folder that is not there is made
 * @param ignored keeps the folder out of git where it is made
 * @throws GodwitError GODWIT_BACKUP_FILE when it is there already, or cannot be written
 */
export async function draftOf(file: string, ignored: boolean): Promise<Draft> {
  // Its own each time: behind a kill -9 the tool of a dump before may still be writing.
  const path = `${file}.${randomBytes(4).toString('hex')}.part`
  await refuseExisting(file)
  await writing(file, async () => {
    const made = await mkdir(dirname(file), { recursive: true })
    if (ignored && made !== undefined) await writeFile(join(dirname(file), '.gitignore'), '*\n')
    await (await open(path, 'wx', 0o600)).close()
  })
  const parts = [path, manifestOf(path)]
  const discard = async (): Promise<void> => void (await Promise.all(parts.map((part) => rm(part, { force: true }))))
  const finish = async (made: Omit<Manifest, 'version' | 'file' | 'size' | 'sha256'>): Promise<Manifest> =>
    writing(file, async () => {
      await synced(path)
      const { size, sha256 } = await digestOf(path)
      const manifest: Manifest = { version: 1, file: basename(file), ...made, size, sha256 }
      await writeFile(manifestOf(path), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
      await synced(manifestOf(path))
      await refuseExisting(file)
      // A dump is never there without what describes it.
      await rename(manifestOf(path), manifestOf(file))
      await rename(path, file)
      return manifest
    })
  return { path, finish, discard }
}

/** Size in bytes and SHA-256 of a file. */
export async function digestOf(file: string): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer)
  return { size: (await stat(file)).size, sha256: hash.digest('hex') }
}

async function refuseExisting(file: string): Promise<void> {
  for (const each of [file, manifestOf(file)]) {
    const there = await access(each).then(
      () => true,
      () => false,
    )
    if (there) throw new GodwitError('GODWIT_BACKUP_FILE', { file: each, reason: 'it is there already' })
  }
}

async function synced(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function writing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (errorCode(cause)?.startsWith('GODWIT_')) throw cause
    throw new GodwitError('GODWIT_BACKUP_FILE', { file, reason: reasonOf(cause) }, { cause })
  }
}
