import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { GodwitError, isGodwitError } from '../errors.js'
import type { NewMigration } from '../formats/contract.js'
import { errorCode, reasonOf } from '../loading/error-facts.js'

/** Takes back one thing that was done. */
type Undo = () => Promise<unknown>

/**
 * Writes the files of a new migration: all of them, or none. An existing file is never overwritten, except one whose text is to
 * be replaced and is still the same.
 *
 * @throws GodwitError GODWIT_FILE_EXISTS, GODWIT_FILE_UNWRITABLE
 */
export async function writeNew(migration: NewMigration): Promise<void> {
  const undos: Undo[] = []
  for (const file of migration.files) {
    try {
      await write(file, undos)
    } catch (error) {
      // What cannot be taken back either is told by what could not be written.
      for (const undo of undos.toReversed()) await undo().catch(() => {})
      throw explained(error, file.path)
    }
  }
}

async function write({ path, content, replaces }: NewMigration['files'][number], undos: Undo[]): Promise<void> {
  if (replaces !== undefined) {
    await replace(path, content, replaces)
    undos.push(() => replace(path, replaces, content))
    return
  }
  const folder = dirname(path)
  const first = await mkdir(folder, { recursive: true })
  if (first !== undefined) undos.push(() => removeEmpty(folder, first))
  await claim(path)
  undos.push(() => rm(path))
  await writeFile(path, content)
}

// Before anything is written into it: a file that is there is none of ours to remove.
async function claim(path: string): Promise<void> {
  try {
    await writeFile(path, '', { flag: 'wx' })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    throw new GodwitError('GODWIT_FILE_EXISTS', { file: path }, { cause: error })
  }
}

async function replace(path: string, content: string, before: string): Promise<void> {
  if ((await readFile(path, 'utf8')) !== before) throw new GodwitError('GODWIT_FILE_EXISTS', { file: path })
  const draft = `${path}.${process.pid}.draft`
  try {
    await writeFile(draft, content)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** Removes the folders from `folder` up to `first`, as far as they are empty. */
async function removeEmpty(folder: string, first: string): Promise<void> {
  for (let at = folder; at.length >= first.length; at = dirname(at)) await rmdir(at)
}

function explained(error: unknown, file: string): unknown {
  if (isGodwitError(error)) return error
  const told =
    errorCode(error) === 'ENAMETOOLONG'
      ? { hint: 'Its name is too long for this file system: use a few words. Nothing was left behind.' }
      : {}
  return new GodwitError('GODWIT_FILE_UNWRITABLE', { file, reason: reasonOf(error) }, { cause: error, ...told })
}
