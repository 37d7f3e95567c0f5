import { loadPeer } from '../../loading/peer.js'

/** PGlite, as the project has it installed. */
export function loadPglite(projectDir: string): Promise<typeof import('@electric-sql/pglite')> {
  return loadPeer('@electric-sql/pglite', { from: projectDir, why: 'the embedded database' })
}
