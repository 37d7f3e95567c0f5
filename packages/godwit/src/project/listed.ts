import { relative } from 'node:path'
import type { Format, NewMigration } from '../formats/contract.js'
import { filesOf } from './baseline.js'

/**
 * A new migration with a note where the project does not find what was written: a name may carry a folder that it does not look into, and a
 * data source may name its migrations one by one.
 */
export async function withListing<T extends Pick<NewMigration, 'name' | 'files'> & { notes?: string[] }>(
  format: Format,
  made: T,
  projectDir: string,
): Promise<T & { listed: boolean }> {
  // What is wrong with the other files is told by who needs them.
  const found = await filesOf(format).catch(() => undefined)
  if (found === undefined || found.some(({ name }) => name === made.name)) return { ...made, listed: true }
  const path = made.files[0]?.path ?? ''
  const note = `${relative(projectDir, path)} is not among the project's migrations: until they name it, nothing applies it.`
  return { ...made, notes: [...(made.notes ?? []), note], listed: false }
}
