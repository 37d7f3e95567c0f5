import type { WorkingSession } from '../working-session.js'
import { ask } from './ask.js'

/**
 * Runs what waits for others without holding them up, such as a concurrent build: without Godwit's own lock timeout. One
 * that the user asked for, or that the migration set, holds.
 *
 * @param insteadMs a lock timeout of this long instead of none
 */
export async function waitingFreely<T>(
  session: WorkingSession,
  work: () => Promise<T>,
  insteadMs?: number,
): Promise<T> {
  const { connection, options } = session
  const set = (ms: string | number) => connection.send(`SET lock_timeout = ${ms}`)
  const [row] = await ask<{ setting: string }>(
    connection,
    `SELECT setting FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'`,
  )
  const before = row?.setting ?? '0'
  const ours = !options.lockTimeoutExplicit && options.lockTimeoutMs !== undefined
  if (insteadMs === undefined && (!ours || before !== String(options.lockTimeoutMs))) return work()
  await set(insteadMs ?? 0)
  try {
    return await work()
  } finally {
    if (connection.lost === undefined) await set(before)
  }
}
