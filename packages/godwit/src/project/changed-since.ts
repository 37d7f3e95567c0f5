import { execFile } from 'node:child_process'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { MigrationFile } from '../engine/migration.js'
import { GodwitError } from '../errors.js'

/**
 * The migrations that a git revision does not have as they are.
 *
 * @param revision such as `origin/main`
 * @throws GODWIT_SINCE
 */
export async function filesSince(
  files: readonly MigrationFile[],
  revision: string,
  folder: string,
): Promise<MigrationFile[]> {
  const changed = await changedSince(revision, folder)
  return files.filter((file) => isAmong(changed, file))
}

// A way back in a file of its own, or in the migration's folder, is a part of it.
function isAmong(changed: ReadonlySet<string>, { file, name }: MigrationFile): boolean {
  const besides = basename(file) === 'migration.sql' ? 'down.sql' : `${name}.down.sql`
  return changed.has(file) || changed.has(join(dirname(file), besides))
}

// The files that differ from those of the revision, or that it does not have; also those that nobody committed yet. Absolute paths.
async function changedSince(revision: string, folder: string): Promise<Set<string>> {
  const git = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await promisify(execFile)('git', args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 })
    return stdout.split('\0').filter((line) => line !== '')
  }
  try {
    // Where both parted: what was added there meanwhile is none of ours.
    const [base = ''] = (await git('merge-base', '--end-of-options', revision, 'HEAD')).map((line) => line.trim())
    const changed = await git('diff', '--name-only', '--relative', '-z', base, '--', '.')
    const untracked = await git('ls-files', '--others', '--exclude-standard', '-z', '--', '.')
    return new Set([...changed, ...untracked].map((path) => resolve(folder, path)))
  } catch (cause) {
    const said = cause as { stderr?: string; message: string }
    const reason = (said.stderr?.trim() || said.message).split('\n')[0] ?? ''
    throw new GodwitError('GODWIT_SINCE', { revision, reason }, { cause })
  }
}
