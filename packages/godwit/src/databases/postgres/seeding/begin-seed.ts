import { MessageFailure } from '../message.js'
import { opening } from '../opening.js'
import { compose } from '../parts.js'
import { shutOut } from '../statement-failure.js'
import type { WorkingSession } from '../working-session.js'

/**
 * Begins the transaction of a seed, or of a clear.
 *
 * @throws GodwitError GODWIT_LEASE_LOST, GODWIT_PEER_AT_WORK
 */
export async function beginSeed(session: WorkingSession, name: string): Promise<void> {
  const { connection } = session
  await connection.dropBegun()
  const parts = opening(session)
  try {
    await connection.send(compose(parts))
  } catch (error) {
    if (!(error instanceof MessageFailure) || connection.lost !== undefined) throw error
    await connection.send('ROLLBACK')
    throw shutOut({ name, file: undefined }, parts[error.completed], 'undone', error) ?? error
  }
}
