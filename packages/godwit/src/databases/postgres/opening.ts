import type { NamedStep } from '../left.js'
import { MessageFailure } from './message.js'
import { compose, type Part } from './parts.js'
import { localSetting } from './settings.js'
import { shutOut } from './statement-failure.js'
import type { WorkingSession } from './working-session.js'

/**
 * How every transaction of a step begins: with the question whether the lease is still ours, which nobody can take from
 * then on until the transaction ends (rule 3).
 */
export function opening(session: WorkingSession): Part[] {
  return [...bareOpening(session), ...fence(session)]
}

/** The same without the question, which comes later: where the role may be one that may not ask. */
export function bareOpening({ pooled, settings }: WorkingSession): Part[] {
  const local = pooled ? settings.map((setting) => ({ text: localSetting(setting) })) : []
  return [{ text: 'BEGIN' }, ...local]
}

/** The question alone, for a transaction that the migration begins itself, and ahead of a statement outside of any. */
export function fence({ lease, fence: number, pooled, options }: WorkingSession): Part[] {
  const parts: Part[] = number === null ? [] : [{ text: lease.fence(number), fence: true }]
  // There is no session to hold the peer's lock: it is held for the transaction.
  const peers = pooled ? options.peerLocks : []
  for (const key of peers)
    parts.push({
      text: `SELECT 1 / count(*) FROM (SELECT WHERE pg_try_advisory_xact_lock(${key})) AS held`,
      peer: true,
    })
  return parts
}

/**
 * Begins a transaction by itself, for a function, unless the step before has done so.
 *
 * @throws GodwitError GODWIT_LEASE_LOST, GODWIT_LOCKED; MessageFailure when the connection was lost
 */
export async function begin(session: WorkingSession, step: NamedStep): Promise<void> {
  if (session.connection.takeBegun()) return
  const parts = opening(session)
  try {
    await session.connection.send(compose(parts))
  } catch (error) {
    if (!(error instanceof MessageFailure) || session.connection.lost !== undefined) throw error
    await session.connection.send('ROLLBACK')
    throw shutOut(step, parts[error.completed], 'undone', error) ?? error
  }
}
