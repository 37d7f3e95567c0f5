import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { GodwitError } from '../../errors.js'
import type { HistoryTable } from '../../formats/contract.js'
import type { Database, OpenOptions, Target } from '../contract.js'
import { PostgresTarget } from '../postgres/target.js'
import { bringBack, dumpArchive, replaceByArchive } from './archive.js'
import { loadExtensions } from './extensions.js'
import { lockFileOf, lockFolder } from './folder-lock.js'
import { loadPglite } from './load-pglite.js'
import { embeddedSettings } from './settings.js'

/** Where an embedded database lives. */
export interface EmbeddedPlace {
  /** Absolute folder, or `null`: in memory, thrown away at the end. */
  folder: string | null
}

/**
 * Reads `embedded`, `embedded:memory`, `embedded:<folder>`; `undefined` for any other target.
 *
 * @throws GodwitError GODWIT_EMBEDDED_FOLDER when no folder is named
 */
export function embeddedPlace(target: string, projectDir: string): EmbeddedPlace | undefined {
  if (target === 'embedded') return { folder: join(projectDir, '.godwit', 'db') }
  if (target === 'embedded:memory') return { folder: null }
  if (!target.startsWith('embedded:')) return undefined
  const folder = target.slice('embedded:'.length).trim()
  if (folder === '') throw new GodwitError('GODWIT_EMBEDDED_FOLDER', { target, reason: 'it names no folder' })
  return { folder: isAbsolute(folder) ? folder : resolve(projectDir, folder) }
}

/** The PostgreSQL that runs inside this process: no server, no second connection, one process at a time (rule 27). */
export function embeddedDatabase(place: EmbeddedPlace, projectDir: string): Database {
  const address =
    place.folder === null ? 'embedded (memory)' : `embedded (${relative(projectDir, place.folder) || '.'})`
  return { kind: 'embedded', address, open: (history, options) => openEmbedded(place, address, history, options) }
}

async function openEmbedded(
  place: EmbeddedPlace,
  address: string,
  history: HistoryTable,
  options: OpenOptions,
): Promise<Target> {
  const { folder } = place
  // Before the lock, whose file would stand beside; who holds it may be in the middle of making the database.
  if (folder !== null && !existsSync(lockFileOf(folder))) await refuseForeign(folder)
  const free = folder === null ? async () => {} : await lockFolder(folder)
  try {
    if (folder !== null) {
      await bringBack(folder)
      await refuseForeign(folder)
    }
    const pglite = await start(place, options.projectDir)
    const target = await PostgresTarget.open(embeddedSettings(pglite, address), history, options)
    const close = target.close.bind(target)
    const shut = once(async () => {
      await close()
      await pglite.close()
    })
    target.close = async () => {
      await shut()
      await free()
    }
    if (folder !== null)
      target.archive = {
        dump: () => dumpArchive(pglite),
        load: async (archive) => {
          await shut()
          await replaceByArchive(archive, folder, options.projectDir)
        },
      }
    return target
  } catch (error) {
    await free()
    throw error
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}

// PGlite would write its files among those that are there.
async function refuseForeign(folder: string): Promise<void> {
  const refused = (reason: string, cause?: unknown) =>
    new GodwitError('GODWIT_EMBEDDED_FOLDER', { target: folder, reason }, { cause })
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw refused(error.code === 'ENOTDIR' ? 'it is a file' : error.message, error)
  })
  if (names.length > 0 && !names.includes('PG_VERSION')) throw refused('it holds something else')
}

async function start(place: EmbeddedPlace, projectDir: string): Promise<PGlite> {
  const { PGlite } = await loadPglite(projectDir)
  const extensions = await loadExtensions(projectDir)
  if (place.folder !== null) await mkdir(place.folder, { recursive: true })
  return PGlite.create({ dataDir: place.folder ?? 'memory://', extensions })
}
