import { type RunContext, takeLock } from '../engine/run.js'
import { cancelledBy, waitable } from '../engine/stop.js'
import { GodwitError } from '../errors.js'
import type { SeedContext } from '../seeds/context.js'
import type { SeedParts, SeedsReport } from './seed.js'

/**
 * Lets seeds run behind the runner's lock, as one run of the journal. A stop ends what is under way on the server; whatever the
 * end, the run is closed.
 *
 * @throws GODWIT_READ_ONLY, GODWIT_LOCKED
 */
export async function inSeedRun(run: RunContext, work: () => Promise<SeedsReport>): Promise<SeedsReport> {
  const { target, signal, identity } = run
  const { readOnly, database } = target.server
  if (readOnly) throw new GodwitError('GODWIT_READ_ONLY', { database, names: [] })
  await takeLock(run)
  // Seeds need no history: where there is none, none is made.
  await waitable(run, async () => target.begin({ ...(await target.look()), historyExists: true }, identity))
  let outcome: 'done' | 'failed' = 'failed'
  try {
    const report = await cancelledBy(signal, target, work)
    outcome = report.error === undefined ? 'done' : 'failed'
    return report
  } finally {
    await target.end(outcome)
  }
}

/** What seeds of a project run with. */
export function seedContext(
  { run, projectDir, env, url }: SeedParts,
  store: SeedContext['store'],
  environment: string,
): SeedContext {
  const { target, onEvent, signal, graceMs, format } = run
  return {
    store,
    environment,
    projectDir,
    env,
    url,
    orm: format.orm,
    onEvent,
    signal,
    graceMs,
    idColumn: format.history.kind === 'collection' ? '_id' : 'id',
    explain: (error) => target.explain(error),
  }
}
