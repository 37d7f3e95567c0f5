import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.js'
import { failed } from './cluster.js'
import type { ServerFiles } from './saved.js'
import type { ServerUser } from './server-user.js'

const READY_MS = 120_000
const FAST_STOP_MS = 30_000
const POLL_MS = 20

/** A running postmaster. */
export interface Postmaster {
  pid: number
  /** Settles when the process has ended, for whatever reason. */
  ended: Promise<void>
}

/**
 * Starts the server on 127.0.0.1 and waits until it takes connections.
 *
 * @param more settings of the server, `name=value`
 * @throws GODWIT_DB_FAILED with the last thing it said
 */
export async function startPostmaster(
  binaries: Binaries,
  files: ServerFiles,
  port: number,
  runAs: ServerUser | undefined,
  more: readonly string[] = [],
): Promise<Postmaster> {
  const log = openSync(files.log, 'w', 0o600)
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...more].flatMap((each) => ['-c', each])
  const child = spawn(binaries.postgres, ['-D', files.data, '-p', String(port), ...settings], {
    cwd: files.folder,
    // In a group of its own: a Ctrl-C is for Godwit, which stops it in order.
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, LC_ALL: 'C' },
    ...runAs,
  })
  closeSync(log)
  let spawnError = ''
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', (error) => {
      spawnError = error.message
      resolve()
    })
  })
  const limit = Date.now() + READY_MS
  while (!(await isReady(files, child))) {
    const over = child.exitCode !== null || child.signalCode !== null || spawnError !== ''
    if (over || Date.now() > limit) {
      if (!over && child.pid !== undefined) await stopPostmaster(binaries, files, child.pid)
      throw failed('did not start', spawnError || (await readLog(files)), files.log)
    }
    await Promise.race([sleep(POLL_MS), ended])
  }
  return { pid: child.pid as number, ended }
}

/** Stops a server in order: sessions are ended, their transactions rolled back (a fast shutdown). Waits for its end. */
export async function stopPostmaster(binaries: Binaries, files: ServerFiles, pid: number): Promise<void> {
  if (process.platform === 'win32') {
    const stop = spawn(binaries.pgCtl, ['stop', '-D', files.data, '-m', 'fast', '-w'], { stdio: 'ignore' })
    await once(stop, 'close')
    return
  }
  signal(pid, 'SIGINT')
  const limit = Date.now() + FAST_STOP_MS
  while (isAlive(pid)) {
    if (Date.now() > limit) signal(pid, 'SIGQUIT')
    await sleep(POLL_MS)
  }
}

/**
 * Puts right what a killed `godwit db` left: a server that still runs is stopped; a pid file that names somebody else's
 * process, which PostgreSQL would take for a server, is removed.
 *
 * @returns whether a server was stopped
 */
export async function stopLeftOver(binaries: Binaries, files: ServerFiles): Promise<boolean> {
  const pid = Number((await pidFile(files))[0])
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return false
  const command = await commandOf(pid)
  if (command !== undefined && !command.includes(files.data)) {
    await rm(join(files.data, 'postmaster.pid'), { force: true })
    return false
  }
  await stopPostmaster(binaries, files, pid)
  return true
}

/** What the server has said since it was started. */
export async function readLog(files: ServerFiles): Promise<string> {
  return readFile(files.log, 'utf8').catch(() => '')
}

// PostgreSQL writes its state into the eighth line of its pid file, which is also what pg_ctl waits for.
async function isReady(files: ServerFiles, child: ChildProcess): Promise<boolean> {
  const lines = await pidFile(files)
  return Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready'
}

async function pidFile(files: ServerFiles): Promise<string[]> {
  return (await readFile(join(files.data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
}

/** The command line of a process; undefined where it cannot be told. */
async function commandOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
    if (process.platform === 'win32') return undefined
    return (await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)])).stdout
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // It ended in between.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
