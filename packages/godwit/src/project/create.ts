import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { GodwitError } from '../errors.js'
import type { NewMigration } from '../formats/contract.js'

/**
 * Writes the files of a new migration; an existing file is never overwritten.
 *
 * @throws GodwitError GODWIT_FILE_EXISTS
 */
export async function writeNew(migration: NewMigration): Promise<void> {
  for (const { path, content } of migration.files) {
    await mkdir(dirname(path), { recursive: true })
    try {
      await writeFile(path, content, { flag: 'wx' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      throw new GodwitError('GODWIT_FILE_EXISTS', { file: path }, { cause: error })
    }
  }
}
