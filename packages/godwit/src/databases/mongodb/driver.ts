import { loadPeer, peerFile } from '../../loading/peer.js'

type Driver = typeof import('mongodb')

/**
 * Loads the project's own driver; that of mongoose where the project has no other.
 *
 * @throws GodwitError GODWIT_PEER_MISSING with the install command
 */
export function loadDriver(projectDir: string): Promise<Driver> {
  return loadPeer<Driver>('mongodb', { from: driverFolder(projectDir), why: 'MongoDB' })
}

/** The file of the driver, for another thread; undefined when there is none. */
export function driverFile(projectDir: string): string | undefined {
  return peerFile('mongodb', driverFolder(projectDir))
}

// Packages may be kept apart, so that the project does not see what mongoose depends on.
function driverFolder(projectDir: string): string {
  if (peerFile('mongodb', projectDir) !== undefined) return projectDir
  return peerFile('mongoose', projectDir) ?? projectDir
}
