import { batchesOf } from './batches.js'
import type { SeedContext } from './context.js'
import { isMade, type SeedRows } from './definition.js'
import type { LoadedSeed } from './load.js'
import { PasswordGuard } from './passwords.js'
import { refuseEmbedded } from './run-script.js'

/** So many rows of each seed are made to find out whether they can be. */
const REHEARSED = 1_000

/**
 * Refuses what can be known before anything is written.
 *
 * @param rehearse also makes the first rows of each seed: what cannot be made must not be found out behind a clear
 * @throws GODWIT_SEED_PASSWORD, GODWIT_SEED_SCRIPT_EMBEDDED, and what making rows throws
 */
export async function refuseBeforehand(
  due: readonly LoadedSeed[],
  { environment, projectDir, url }: SeedContext,
  rehearse: boolean,
): Promise<void> {
  for (const seed of due) {
    const guard = new PasswordGuard(seed, environment, projectDir)
    guard.beforehand(seed)
    if (seed.kind === 'script') refuseEmbedded(seed, url)
    if (!rehearse || !('rows' in seed) || !isMadeAnew(seed.rows)) continue
    const of = { name: seed.name, file: seed.file, projectDir, unique: [], atOnce: REHEARSED }
    for await (const _ of guard.watched(batchesOf(seed.rows, { env: environment }, of))) break
  }
}

// An iterator of the file's own gives its rows once.
function isMadeAnew(rows: SeedRows): boolean {
  return typeof rows === 'function' || typeof rows === 'string' || Array.isArray(rows) || isMade(rows)
}
