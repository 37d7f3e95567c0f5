import type { Settlement } from '../databases/contract.js'
import { findName } from '../engine/find-name.js'
import { isWaiting, type MigrationStatus } from '../engine/migration.js'
import { type RunContext, type Survey, survey, takeLock } from '../engine/run.js'
import { GodwitError } from '../errors.js'
import type { Settled } from './reports.js'

/**
 * Settles one migration by hand, behind the lock.
 *
 * @throws GodwitError GODWIT_NOTHING_TO_RESOLVE when its state is that already, GODWIT_NO_FILE
 */
export async function settle(context: RunContext, name: string, as: Settlement): Promise<Settled> {
  const { format, target, identity } = context
  await takeLock(context)
  let current = settleable(await survey(format, target), name, as)
  if (await target.begin(current.look, identity)) current = settleable(await survey(format, target), name, as)
  const { found, file, recorded } = current
  await target.settle(found.name, file, as, recorded)
  await target.end('done')
  return { name: found.name, as }
}

// What is to be settled, as it stands now.
function settleable({ files, look, states }: Survey, name: string, as: Settlement) {
  const wanted = findName(
    states.map((each) => each.name),
    name,
  )
  const found = states.find((migration) => migration.name === wanted) as MigrationStatus
  refuseSettlement(found, as)
  const recorded = look.rows.some((row) => row.name === wanted && row.outcome === 'applied')
  return { look, found, recorded, file: files.find((each) => each.name === wanted) }
}

function refuseSettlement({ name, state, warning, file }: MigrationStatus, as: Settlement): void {
  const already = as === 'applied' ? state === 'applied' && warning === undefined : isWaiting(state)
  if (already) throw new GodwitError('GODWIT_NOTHING_TO_RESOLVE', { name, state })
  if (as === 'applied' && file === null) throw new GodwitError('GODWIT_NO_FILE', { name })
}
