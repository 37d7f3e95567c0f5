import type { PGlite } from '@electric-sql/pglite'
import { loadPeer } from '../../loading/peer.js'

/** PGlite's class, as the project has it installed. */
export async function loadPglite(projectDir: string): Promise<typeof PGlite> {
  const peer = { from: projectDir, why: 'the embedded database' }
  return (await loadPeer<typeof import('@electric-sql/pglite')>('@electric-sql/pglite', peer)).PGlite
}
