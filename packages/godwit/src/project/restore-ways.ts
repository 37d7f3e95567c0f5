import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type pg from 'pg'
import { connectAs } from '../backup/connect-as.js'
import { contentsOf } from '../backup/contents.js'
import { refusePooled } from '../backup/dump-postgres.js'
import type { BackupKind, Manifest } from '../backup/manifest.js'
import { restoreScript } from '../backup/restore-script.js'
import { findTools, majorOf } from '../backup/tools.js'
import type { Target } from '../databases/contract.js'
import { GodwitError } from '../errors.js'
import { refuseStopped } from './nothing-written.js'
import { type ProjectWork, withClient } from './work.js'

/** How a dump comes back into a database. */
export interface WayBack {
  /** What stands there now, in words; nothing: it is empty. */
  goes: string[]
  /** Drops that and restores. */
  restore: () => Promise<void>
}

/** What is to come back. */
export interface Wanted {
  kind: BackupKind
  /** Absolute. */
  file: string
  manifest: Manifest | undefined
  owners: boolean
}

/**
 * Finds out how a dump comes back into this kind of database, and what is there. Changes nothing.
 *
 * @throws GodwitError GODWIT_BACKUP_TOOL, GODWIT_BACKUP_POOLED, GODWIT_BACKUP_KIND
 */
export async function wayBack(work: ProjectWork, target: Target, wanted: Wanted): Promise<WayBack> {
  if (wanted.kind === 'mongodb') return mongoWay(work, target, wanted)
  const standing = await withClient(target, contentsOf)
  const goes = standing.map(({ what }) => what)
  if (wanted.kind === 'postgres')
    return {
      goes,
      restore: await postgresWay(
        work,
        target,
        wanted,
        standing.map(({ drop }) => drop),
      ),
    }
  const { archive } = target
  if (archive === undefined)
    throw new GodwitError('GODWIT_BACKUP_KIND', { reason: 'a database in memory is thrown away at the end' })
  return { goes, restore: async () => archive.load(await readFile(wanted.file)) }
}

async function postgresWay(
  work: ProjectWork,
  target: Target,
  { file, manifest, owners }: Wanted,
  drops: readonly string[],
): Promise<() => Promise<void>> {
  const { env, signal, onEvent = () => {} } = work.parts.options
  const { address } = await work.parts.database()
  await withClient(target, (client) => refusePooled(client, address))
  const made = manifest?.tool ?? 'pg_dump'
  const tools = await findTools(
    { names: ['pg_restore', 'psql'], atLeast: majorOf(made), why: `a backup by ${made}` },
    env,
  )
  const { major } = target.server
  const onBytes = (bytes: number) => onEvent({ type: 'restoring', file: basename(file), bytes })
  const restore = async (client: pg.Client) => {
    const access = await connectAs(client, env)
    try {
      await restoreScript({ file, tools, access, major, drops, owners, scratch: false, signal, onBytes })
    } catch (error) {
      refuseStopped(signal)
      throw error
    } finally {
      await access.close()
    }
  }
  return () => withClient(target, restore)
}

async function mongoWay(work: ProjectWork, target: Target, { file, manifest }: Wanted): Promise<WayBack> {
  const { parts } = work
  const { mongoContents, restoreMongo } = await import('./backup-mongodb.js')
  const { recordNames } = await import('../databases/mongodb/records.js')
  const { requireTool } = await import('../backup/mongodb.js')
  await requireTool('mongorestore', parts.options.env)
  const url = (await parts.url()) as string
  const into = target.server.database
  const { history } = parts.format
  const peerLock = history.kind === 'collection' ? history.peerLock?.name : undefined
  // The lock is held while it is restored, and what is set there (the mark as production) is of this database.
  const without = [
    ...recordNames(parts.schema).filter((name) => /_(?:lease|settings)$/.test(name)),
    ...(peerLock === undefined ? [] : [peerLock]),
  ]
  const { goes, drop } = await mongoContents(url, parts.description.folder, without)
  return {
    goes,
    restore: async () => {
      await drop()
      await restoreMongo(work, { url, into, from: manifest?.database ?? into, file, without })
    },
  }
}
