import { GodwitError } from '../../../errors.js'
import { messageOf } from '../../left.js'
import type { Cleared, ClearRequest } from '../../seeding.js'
import { MessageFailure } from '../message.js'
import { begin } from '../opening.js'
import type { WorkingSession } from '../working-session.js'
import { countAll, forgetAll, truncateAll } from './clear-all.js'
import { deleteSeeded, forgetSeeded } from './clear-seeded.js'
import { countSeeded } from './count-seeded.js'
import { hasRecords } from './history.js'
import type { PgError } from './row-errors.js'

/**
 * What a clear would take. What seeds put there is deleted in a transaction that is rolled back, so that what goes with it shows; where
 * nothing can be deleted it is counted.
 *
 * @throws GodwitError GODWIT_SEED_CLEAR_REFUSED
 */
export async function forecastClear(session: WorkingSession, request: ClearRequest): Promise<Cleared[]> {
  if ('all' in request) return countAll(session)
  if (!(await hasRecords(session))) return []
  if (session.server.readOnly) return countSeeded(session, request.seeds)
  return inTransaction(session, 'ROLLBACK', async () => (await deleteSeeded(session, request.seeds)).cleared)
}

/**
 * Clears, and records it.
 *
 * @throws GodwitError GODWIT_SEED_CLEAR_REFUSED, GODWIT_SEED_CLEAR_CHANGED; nothing was deleted
 */
export async function clear(
  session: WorkingSession,
  request: ClearRequest,
  forecast: readonly Cleared[],
): Promise<Cleared[]> {
  const recorded = await hasRecords(session)
  if ('all' in request)
    return inTransaction(session, 'COMMIT', async () => {
      const cleared = await truncateAll(session, (now) => refuseMore(now, forecast))
      if (recorded) await forgetAll(session)
      return cleared
    })
  if (!recorded) return []
  return inTransaction(session, 'COMMIT', async () => {
    const deleted = await deleteSeeded(session, request.seeds)
    refuseMore(deleted.cleared, forecast)
    await forgetSeeded(session, deleted)
    return deleted.cleared
  })
}

async function inTransaction(
  session: WorkingSession,
  end: 'COMMIT' | 'ROLLBACK',
  work: () => Promise<Cleared[]>,
): Promise<Cleared[]> {
  const { connection } = session
  await begin(session, { name: 'the clear', file: undefined })
  try {
    const cleared = await work()
    await connection.send(end)
    return cleared
  } catch (error) {
    if (connection.lost !== undefined)
      throw new GodwitError('GODWIT_OUTCOME_UNKNOWN', { name: 'the clear', reason: messageOf(error) }, { cause: error })
    await connection.send('ROLLBACK')
    throw refused(error)
  }
}

// A foreign key forbids it: violated, RESTRICT as PostgreSQL 18 says it, or a table that TRUNCATE leaves out.
const FORBIDDEN = new Set(['23503', '23001', '0A000'])

function refused(error: unknown): unknown {
  const cause = (error instanceof MessageFailure ? error.cause : error) as PgError
  if (!FORBIDDEN.has(cause.code ?? '')) return error
  const { table, constraint, message, detail } = cause
  const reason = constraint === undefined && detail !== undefined ? `${message}: ${detail}` : message
  return new GodwitError('GODWIT_SEED_CLEAR_REFUSED', { table, constraint, reason }, { left: 'nothing', cause })
}

function refuseMore(now: readonly Cleared[], forecast: readonly Cleared[]): void {
  for (const { place, rows, cascade } of now) {
    const told = forecast.find((each) => each.place === place && each.cascade === cascade)?.rows ?? 0
    if (rows > told) throw new GodwitError('GODWIT_SEED_CLEAR_CHANGED', { place, told, now: rows })
  }
}
