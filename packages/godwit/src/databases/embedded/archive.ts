import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { PGlite } from '@electric-sql/pglite'
import type pg from 'pg'
import { Connection } from '../postgres/connection.js'
import { loadExtensions } from './extensions.js'
import { loadPglite } from './load-pglite.js'
import { embeddedSettings } from './settings.js'

/** The whole database as one archive (a gzipped tar of its data folder). */
export async function dumpArchive(pglite: PGlite): Promise<Uint8Array> {
  await pglite.exec('CHECKPOINT')
  return new Uint8Array(await (await pglite.dumpDataDir('gzip')).arrayBuffer())
}

/** Opens an archive in memory, beside every database that there is. */
export async function openArchive(archive: Uint8Array, projectDir: string, dataDir = 'memory://'): Promise<PGlite> {
  const { PGlite } = await loadPglite(projectDir)
  const extensions = await loadExtensions(projectDir)
  return PGlite.create({ dataDir, extensions, loadDataDir: new Blob([archive as Uint8Array<ArrayBuffer>]) })
}

/**
 * Puts what an archive holds in the place of a database that nobody has open and whose lock is held. It is loaded beside it first, so that an
 * archive that cannot be loaded changes nothing.
 *
 * @param folder of the database, absolute
 */
export async function replaceByArchive(archive: Uint8Array, folder: string, projectDir: string): Promise<void> {
  const [loaded, before] = [`${folder}.restored`, beforeOf(folder)]
  await rm(loaded, { recursive: true, force: true })
  try {
    await (await openArchive(archive, projectDir, loaded)).close()
    await rm(before, { recursive: true, force: true })
    await rename(folder, before)
    await rename(loaded, folder)
  } catch (error) {
    await rm(loaded, { recursive: true, force: true })
    throw error
  }
  await rm(before, { recursive: true, force: true })
}

/** A restore that was killed between its two renames: what was there before comes back. Behind the folder's lock. */
export async function bringBack(folder: string): Promise<void> {
  if (!existsSync(folder) && existsSync(beforeOf(folder))) await rename(beforeOf(folder), folder)
}

function beforeOf(folder: string): string {
  return `${folder}.before`
}

/** Opens an archive in memory for a look. */
export async function lookInto<T>(
  archive: Uint8Array,
  projectDir: string,
  look: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const pglite = await openArchive(archive, projectDir)
  try {
    const { client } = await Connection.open(embeddedSettings(pglite, 'a backup'), projectDir)
    const seen = await look(client)
    await client.end()
    return seen
  } finally {
    await pglite.close()
  }
}
