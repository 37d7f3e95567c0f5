import { GodwitError } from '../../errors.js'
import { loadPeer, peerVersion } from '../../loading/peer.js'
import type { Queryable } from '../contract.js'
import type { Shorthands } from './shorthands.js'

/** The part of node-pg-migrate's `MigrationBuilder` that running a migration takes. */
export interface Builder {
  enableReverseMode: () => unknown
  getSqlSteps: () => string[]
  isUsingTransaction: () => boolean
}

/** Where the builder's operations say something. */
export interface BuilderLogger {
  debug?: (message: string) => void
  info: (message: string) => void
  warn: (message: string) => void
  error: (message: string) => void
}

/** Builds builders of the user's version. */
export type BuilderClass = new (
  db: { query: Queryable['query']; select: (...query: Parameters<Queryable['query']>) => Promise<unknown[]> },
  shorthands: Shorthands,
  decamelize: boolean,
  logger: BuilderLogger,
) => Builder

const peer = 'node-pg-migrate'

/** The major version of the project's node-pg-migrate; `undefined`: there is none. */
export function majorVersion(projectDir: string): number | undefined {
  const version = peerVersion(peer, projectDir)
  return version === undefined ? undefined : Number.parseInt(version, 10)
}

/**
 * Loads the `MigrationBuilder` of the project's own node-pg-migrate.
 *
 * @throws GODWIT_PEER_MISSING, GODWIT_PGM_VERSION
 */
export async function loadBuilder(projectDir: string): Promise<BuilderClass> {
  const version = peerVersion(peer, projectDir)
  const major = majorVersion(projectDir)
  if (major !== undefined && major !== 8 && major !== 9)
    throw new GodwitError('GODWIT_PGM_VERSION', { version: version ?? '' })
  // In 9 the builder alone loads in half the time of the whole package; 8 has it in a file that cannot be imported.
  const entry = major === 9 ? `${peer}/migrationBuilder` : peer
  const options = { from: projectDir, install: `${peer}@9`, why: "migrations written for node-pg-migrate's builder" }
  return (await loadPeer<{ MigrationBuilder: BuilderClass }>(entry, options)).MigrationBuilder
}
