import { findName } from '../engine/find-name.js'
import { isWaiting, type MigrationFile, type MigrationStatus } from '../engine/migration.js'
import { GodwitError, isGodwitError } from '../errors.js'
import { filesSince } from './changed-since.js'
import type { VerifyRequest } from './verify.js'

/**
 * Which migrations a request is about. The database is only asked where nothing else says; where none is named, they are all meant.
 *
 * @param status asks the database for the states
 * @throws GODWIT_UNKNOWN_MIGRATION, GODWIT_AMBIGUOUS_NAME, GODWIT_SINCE, GODWIT_USAGE
 */
export async function chosenFiles(
  files: readonly MigrationFile[],
  { name, all, since }: VerifyRequest,
  projectDir: string,
  status: () => Promise<MigrationStatus[]>,
): Promise<readonly MigrationFile[]> {
  if (name !== undefined && (all || since !== undefined))
    throw new GodwitError('GODWIT_USAGE', {
      command: 'verify',
      reason: `${all ? '--all' : '--since'} and the name of a migration contradict each other`,
    })
  if (name !== undefined) {
    const found = findName(
      files.map((file) => file.name),
      name,
    )
    return files.filter((file) => file.name === found)
  }
  if (since !== undefined) return filesSince(files, since, projectDir)
  return all ? files : waiting(files, status)
}

async function waiting(
  files: readonly MigrationFile[],
  status: () => Promise<MigrationStatus[]>,
): Promise<readonly MigrationFile[]> {
  try {
    const due = new Set((await status()).filter(({ state }) => isWaiting(state)).map((each) => each.name))
    return due.size > 0 ? files.filter((file) => due.has(file.name)) : files.slice(-1)
  } catch (error) {
    if (isGodwitError(error) && error.code === 'GODWIT_NO_DATABASE') return files
    throw error
  }
}
