import type { SeedCounts } from '../databases/seeding.js'
import type { EntityPlace, Orm, OrmSession } from '../formats/contract.js'
import type { SeedContext } from './context.js'
import { isMade } from './definition.js'
import { callFunction } from './function.js'
import { Hasher } from './hasher.js'
import type { LoadedFunction, LoadedScript, LoadedSeed } from './load.js'
import { PasswordGuard } from './passwords.js'
import { putEntityRows, putTableRows, type SeedAtWork } from './rows.js'
import { runScript } from './run-script.js'
import { withGrace } from './stop.js'

/** Runs one seed, in its own transaction; a program does its work by itself. */
export async function runSeed(
  seed: LoadedSeed,
  seeds: readonly LoadedSeed[],
  context: SeedContext,
): Promise<SeedCounts> {
  const { name, hash, kind } = seed
  const { store, environment } = context
  const identity = { name, hash, environment, kind: kind === 'entity' ? 'rows' : kind } as const
  if (seed.kind === 'script') {
    await runScript(seed, context)
    return store.seed(identity, async () => {})
  }
  return store.seed(identity, async (seeding) => {
    let opening: Promise<OrmSession> | undefined
    const ormContext = () => ({ driver: seeding.driver, url: context.url })
    const work: SeedAtWork = {
      ...context,
      seeding,
      seeds,
      hasher: new Hasher(context.projectDir),
      guard: new PasswordGuard(seed, environment, context.projectDir),
      ormContext,
      session: () => {
        opening ??= (context.orm as Orm).open(ormContext())
        return opening
      },
      log: (line) => context.onEvent({ type: 'seed-log', name, line }),
      onRows: (rows) => context.onEvent({ type: 'seed-rows', name, rows, total: totalOf(seed) }),
    }
    try {
      if (seed.kind === 'function') await withGrace(name, context, () => callFunction(seed, work))
      else await put(seed, work)
      await (await opening)?.end('done')
    } catch (error) {
      await opening?.then((session) => session.end('failed')).catch(() => {})
      throw error
    }
  })
}

async function put(seed: Exclude<LoadedSeed, LoadedScript | LoadedFunction>, work: SeedAtWork): Promise<void> {
  if (seed.kind === 'rows') await putTableRows(seed, work)
  else await putEntityRows({ ...seed, at: seed.at as EntityPlace }, work)
}

function totalOf(seed: LoadedSeed): number | null {
  if (!('rows' in seed)) return null
  if (isMade(seed.rows)) return seed.rows.count
  return Array.isArray(seed.rows) ? seed.rows.length : null
}
