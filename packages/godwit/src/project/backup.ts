import { writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { type Draft, draftOf } from '../backup/dump-file.js'
import { type DumpWork, dumpPostgres, findDump, refusePooled } from '../backup/dump-postgres.js'
import type { BackupKind, Manifest } from '../backup/manifest.js'
import { pictureOf } from '../backup/picture.js'
import type { Target } from '../databases/contract.js'
import { cancelledBy } from '../engine/stop.js'
import { GodwitError, isGodwitError } from '../errors.js'
import { refuseStopped } from './nothing-written.js'
import { type ProjectWork, withClient } from './work.js'

/** How to ask for a backup. */
export interface BackupRequest {
  /** Where to; default a name of database and time in the folder that the config names. */
  file?: string | undefined
}

/** A backup that was made: what stands beside it. */
export interface BackupReport extends Omit<Manifest, 'version' | 'objects' | 'file'> {
  /** Absolute. */
  file: string
}

/** Where a backup would go and what would make it; nothing is written. */
export function wouldBackUp(work: ProjectWork, { file }: BackupRequest): Promise<Pick<BackupReport, 'file' | 'tool'>> {
  return work.onTarget(async (target) => {
    const { kind } = await work.parts.database()
    return {
      file: placeOf(work, target, kind, file),
      tool: await toolFor(kind, target.server.major, work.parts.options.env),
    }
  }, false)
}

async function toolFor(kind: BackupKind, major: number, env: DumpWork['env']): Promise<string> {
  if (kind === 'embedded') return 'PGlite'
  if (kind === 'postgres') return `pg_dump ${(await findDump(major, env)).version}`
  const { requireTool } = await import('../backup/mongodb.js')
  return `mongodump ${(await requireTool('mongodump', env)).version}`
}

/** Backs up the database of a project. */
export function backupProject(work: ProjectWork, request: BackupRequest): Promise<BackupReport> {
  return work.onTarget((target) => backUp(work, target, request), false)
}

/**
 * Dumps a database, and writes beside the dump what it is. The database is only read.
 *
 * @throws GodwitError GODWIT_BACKUP_…, GODWIT_INTERRUPTED
 */
export async function backUp(
  work: ProjectWork,
  target: Target,
  { file: wanted }: BackupRequest,
): Promise<BackupReport> {
  const { format, options } = work.parts
  const { kind } = await work.parts.database()
  const file = placeOf(work, target, kind, wanted)
  const { rows } = await target.look()
  const applied = rows.filter(({ outcome }) => outcome === 'applied')
  const { database, version: server, major } = target.server
  const draft = await draftOf(file, wanted === undefined)
  try {
    const made = await cancelledBy(options.signal, target, () => dump(work, target, kind, draft))
    refuseStopped(options.signal)
    const history = { name: format.history.name, applied: applied.length, last: applied.at(-1)?.name ?? null }
    const known = { kind, project: work.name, database, server, major: major || null, history }
    const { version: _, objects: __, ...manifest } = await draft.finish({ ...known, ...made })
    return { ...manifest, file }
  } catch (error) {
    await draft.discard()
    refuseStopped(options.signal)
    throw isGodwitError(error) ? error : target.explain(error)
  }
}

type Made = Pick<Manifest, 'tool' | 'time' | 'tables' | 'objects'>

async function dump(work: ProjectWork, target: Target, kind: BackupKind, { path }: Draft): Promise<Made> {
  const { options, database } = work.parts
  const { onEvent = () => {}, signal, env } = options
  const dumping: DumpWork = {
    env,
    signal,
    onBytes: (bytes) => onEvent({ type: 'backing-up', file: basename(path), bytes }),
  }
  if (kind === 'mongodb') return (await import('./backup-mongodb.js')).dumpMongo(work, target.server.database, path)
  if (kind === 'postgres') {
    const { address } = await database()
    return withClient(target, async (client) => {
      await refusePooled(client, address)
      return dumpPostgres(client, target.server.major, path, dumping)
    })
  }
  if (target.archive === undefined)
    throw new GodwitError('GODWIT_BACKUP_KIND', { reason: 'a database in memory has nothing that could be kept' })
  const time = new Date().toISOString()
  const picture = await withClient(target, pictureOf)
  await writeFile(path, await target.archive.dump())
  return { ...picture, tool: 'PGlite', time }
}

const ENDINGS: Readonly<Record<BackupKind, string>> = {
  postgres: 'dump',
  embedded: 'pglite.tar.gz',
  mongodb: 'archive.gz',
}

/** Where backups go that nobody names a file for, absolute. */
export function backupFolder({ parts: { description } }: ProjectWork): string {
  return resolve(description.folder, description.config.backup?.folder ?? 'backups')
}

function placeOf(work: ProjectWork, target: Target, kind: BackupKind, wanted: string | undefined): string {
  if (wanted === undefined) return usualFile(work, target, kind)
  return resolve(work.parts.options.cwd ?? process.cwd(), wanted)
}

// A name that no file system refuses.
function usualFile(work: ProjectWork, target: Target, kind: BackupKind): string {
  const name = kind === 'embedded' ? work.name : target.server.database
  const time = new Date().toISOString().replaceAll(/[-:]/g, '')
  return resolve(backupFolder(work), `${name.replaceAll(/[^\p{L}\p{N}_.-]+/gu, '_')}-${time}.${ENDINGS[kind]}`)
}
