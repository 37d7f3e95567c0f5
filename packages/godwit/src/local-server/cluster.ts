import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GodwitError } from '../errors.js'
import type { Binaries } from './binaries.js'
import type { ServerFiles } from './saved.js'
import type { ServerUser } from './server-user.js'

// Every Linux has C.UTF-8; with plain C, lower() would know ASCII only.
const LOCALES: Partial<Record<NodeJS.Platform, string>> = { linux: 'C.UTF-8', darwin: 'en_US.UTF-8' }

/** Whether the data folder holds a whole cluster. */
export function hasCluster(files: ServerFiles): boolean {
  return existsSync(join(files.data, 'PG_VERSION'))
}

/**
 * Makes the cluster, in a folder beside its place: one that was interrupted is never taken for a whole one.
 *
 * @throws GODWIT_DB_FAILED with initdb's own words
 */
export async function makeCluster(
  binaries: Binaries,
  files: ServerFiles,
  admin: { user: string; password: string },
  runAs: ServerUser | undefined,
): Promise<void> {
  const fresh = `${files.data}.new`
  const passwordFile = join(tmpdir(), `godwit-${randomBytes(9).toString('hex')}`)
  if (runAs !== undefined) await chmod(files.folder, 0o755)
  await writeFile(passwordFile, `${admin.password}\n`, { mode: 0o600, flag: 'wx' })
  if (runAs !== undefined) await chown(passwordFile, runAs.uid, runAs.gid)
  try {
    let said = ''
    for (const locale of [LOCALES[process.platform] ?? 'C', 'C']) {
      await rm(fresh, { recursive: true, force: true })
      await mkdir(fresh, { mode: 0o700 })
      if (runAs !== undefined) await chown(fresh, runAs.uid, runAs.gid)
      const flags = [`--pgdata=${fresh}`, `--username=${admin.user}`, `--pwfile=${passwordFile}`, `--locale=${locale}`]
      const more = ['--encoding=UTF8', '--lc-messages=C', '--auth=scram-sha-256', '--no-instructions']
      const result = await run(binaries.initdb, [...flags, ...more], files.folder, runAs)
      if (result.code === 0) {
        await rename(fresh, files.data)
        return
      }
      said = result.said
      if (!said.includes('locale')) break
    }
    throw failed('could not be set up', said, files.log)
  } finally {
    await rm(passwordFile, { force: true })
    await rm(fresh, { recursive: true, force: true })
  }
}

/** A failure of the server or of initdb, with the line that says why and, where it is a known one, the way out. */
export function failed(what: string, said: string, log: string): GodwitError<'GODWIT_DB_FAILED'> {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  const line =
    lines.findLast((each) => /\b(FATAL|PANIC)\b/.test(each)) ?? lines.find((each) => /error|could not/i.test(each))
  const reason = (line ?? lines.at(-1) ?? 'it said nothing').replace(/^.*?(?:FATAL|PANIC|error):\s+/i, '').trim()
  const hint = /shared librar/i.test(said)
    ? "Its install script did not run. Allow it (pnpm approve-builds, or npm's allowScripts) and install again."
    : /EACCES|permission denied/i.test(said) && process.getuid?.() === 0
      ? "As root the server runs as the user 'postgres', who must be able to reach the project's folder."
      : undefined
  return new GodwitError('GODWIT_DB_FAILED', { what, reason, log }, hint === undefined ? {} : { hint })
}

function run(
  file: string,
  args: string[],
  cwd: string,
  runAs: ServerUser | undefined,
): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    let said = ''
    const child = spawn(file, args, {
      cwd,
      // A Ctrl-C is for Godwit, which lets initdb finish.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
      ...runAs,
    })
    child.stderr.on('data', (piece) => {
      said += String(piece)
    })
    child.on('error', (error) => resolve({ code: null, said: error.message }))
    child.on('close', (code) => resolve({ code, said }))
  })
}
