import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { lockFolder } from '../databases/embedded/folder-lock.js'
import type { Binaries } from './binaries.js'
import { hasCluster, makeCluster } from './cluster.js'
import { choosePort } from './free-port.js'
import { startPostmaster, stopLeftOver, stopPostmaster } from './postmaster.js'
import { readSaved, type ServerFiles, writeSaved } from './saved.js'
import { serverUser } from './server-user.js'

/** Nothing in it would be missed: it need not survive a crash. */
const CARELESS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
]

/** A server for databases that are thrown away. */
export interface ThrowawayServer {
  port: number
  user: string
  password: string
  stop: () => Promise<void>
}

/**
 * Starts a server of throwaway databases. Its cluster is made once and kept in `folder`.
 *
 * @throws GODWIT_EMBEDDED_IN_USE when another process has it, GODWIT_DB_FAILED
 */
export async function startThrowaway(binaries: Binaries, folder: string): Promise<ThrowawayServer> {
  const data = join(folder, `postgres-${binaries.version}`)
  const files: ServerFiles = { folder, data, saved: `${data}.json`, log: `${data}.log`, lock: `${data}.lock` }
  await mkdir(folder, { recursive: true })
  const unlock = await lockFolder(data)
  try {
    const runAs = await serverUser(files.log)
    const last = existsSync(files.saved) && hasCluster(files) ? await readSaved(files) : undefined
    await stopLeftOver(binaries, files)
    const port = await choosePort(undefined, last?.port)
    const admin = last?.admin ?? { user: 'postgres', password: randomBytes(18).toString('base64url') }
    await writeSaved(files, { ...admin, database: 'postgres', port, admin })
    if (!hasCluster(files)) await makeCluster(binaries, files, admin, runAs)
    const postmaster = await startPostmaster(binaries, files, port, runAs, CARELESS)
    const stop = async (): Promise<void> => {
      await stopPostmaster(binaries, files, postmaster.pid)
      await postmaster.ended
      await unlock()
    }
    return { port, ...admin, stop }
  } catch (error) {
    await unlock()
    throw error
  }
}
