import { loadPglite } from '../databases/embedded/load-pglite.js'
import { embeddedSettings } from '../databases/embedded/settings.js'
import { Connection } from '../databases/postgres/connection.js'
import { PostgresTarget } from '../databases/postgres/target.js'
import { GodwitError } from '../errors.js'
import { digest } from '../loading/cache-folder.js'
import { peerVersion } from '../loading/peer.js'
import type { KeepableDatabase, ShadowPlace } from './contract.js'
import { dropKept, isKept, readKept, writeKept } from './kept-files.js'
import { PgliteThread } from './pglite-thread.js'

// One transaction that drops a thousand tables holds a lock for each of them, its sequence, indexes and TOAST table. There is only
// one session: the table of locks, which is of so many for each, stays small.
const SETTINGS = ['max_locks_per_transaction = 8192', 'max_connections = 8']

/**
 * Shadows in this process: each is a PGlite of its own in memory, on a thread of its own. A kept state is the archive of its data folder.
 *
 * @param extensions PostgreSQL's names of those that the history asks for
 * @throws GODWIT_PEER_MISSING
 */
export async function pglitePlace(projectDir: string, extensions: readonly string[]): Promise<ShadowPlace> {
  const version = peerVersion('@electric-sql/pglite', projectDir)
  // Not there: it says how to install it.
  if (version === undefined) await loadPglite(projectDir)
  const key = [`pglite ${version}`, ...SETTINGS].join('; ')
  const start = (archive?: Uint8Array, meanwhile?: () => void) =>
    PgliteThread.open({ projectDir, extensions, archive }, meanwhile)
  const restored = async (kept: string, meanwhile?: () => void): Promise<PgliteThread | undefined> => {
    const archive = await readKept(kept, 'archive')
    if (archive === undefined) return undefined
    // What a crash of the machine left of a file is no state.
    return start(archive, meanwhile).catch(() => dropKept(kept, 'archive').then(() => undefined))
  }
  return {
    product: 'PGlite',
    key,
    lastKept: async (names) => names.findLast(isKept),
    open: async (kept = digest(key), meanwhile?: () => void) => {
      const known = await restored(kept, meanwhile)
      if (known !== undefined) return database(known, projectDir)
      if (kept !== digest(key)) throw new GodwitError('GODWIT_BUG', { what: 'a kept state of the shadow is gone' })
      const fresh = await start(undefined, meanwhile)
      for (const setting of SETTINGS) await fresh.run(`ALTER SYSTEM SET ${setting}`)
      // To make a cluster takes longer than anything else; and the settings hold for the ones that are opened from it.
      await keep(fresh, digest(key))
      const opened = await restored(digest(key))
      if (opened === undefined) return database(fresh, projectDir)
      await fresh.close()
      return database(opened, projectDir)
    },
    close: async () => {},
  }
}

function database(pglite: PgliteThread, projectDir: string): KeepableDatabase {
  const settings = embeddedSettings(pglite, 'shadow (PGlite)')
  return {
    connect: async () => {
      const { client } = await Connection.open(settings, projectDir)
      // There is only ever one session.
      await client.query('DISCARD ALL')
      return client
    },
    database: {
      kind: 'embedded',
      address: settings.address,
      open: (history, options) => PostgresTarget.open(settings, history, options),
    },
    keep: (name) => keep(pglite, name),
    close: () => pglite.close(),
  }
}

async function keep(pglite: PgliteThread, name: string): Promise<void> {
  await pglite.run('CHECKPOINT')
  await writeKept(name, await pglite.archive(), 'archive')
}
