import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { GodwitError } from '../errors.js'
import type { NewMigration } from '../formats/contract.js'

/**
 * Writes the files of a new migration. An existing file is never overwritten, except one whose text is to be replaced and
 * is still the same.
 *
 * @throws GodwitError GODWIT_FILE_EXISTS
 */
export async function writeNew(migration: NewMigration): Promise<void> {
  for (const { path, content, replaces } of migration.files) {
    if (replaces !== undefined) {
      await replace(path, content, replaces)
      continue
    }
    await mkdir(dirname(path), { recursive: true })
    try {
      await writeFile(path, content, { flag: 'wx' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      throw new GodwitError('GODWIT_FILE_EXISTS', { file: path }, { cause: error })
    }
  }
}

async function replace(path: string, content: string, before: string): Promise<void> {
  if ((await readFile(path, 'utf8')) !== before) throw new GodwitError('GODWIT_FILE_EXISTS', { file: path })
  const draft = `${path}.${process.pid}.draft`
  await writeFile(draft, content)
  await rename(draft, path)
}
