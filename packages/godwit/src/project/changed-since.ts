import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { GodwitError } from '../errors.js'

/**
 * The files that differ from those of a git revision, or that it does not have; also those that nobody committed yet.
 *
 * @param revision such as `origin/main`
 * @returns absolute paths
 * @throws GODWIT_VERIFY_SINCE
 */
export async function changedSince(revision: string, folder: string): Promise<Set<string>> {
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
    throw new GodwitError('GODWIT_VERIFY_SINCE', { revision, reason }, { cause })
  }
}
