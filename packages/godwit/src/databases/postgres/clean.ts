import { RUNNER_LOCK } from './journal.js'

const HELD = `FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid() AND granted
  AND classid = ${RUNNER_LOCK >> 32n} AND objid = ${RUNNER_LOCK & 0xffffffffn} AND objsubid = 1`

/** One row with `t` while the session holds the runner's lock. */
export const LOCK_HELD = `SELECT count(*) > 0 ${HELD}`

/** Fails, and with it its transaction, when the session does not hold the runner's lock. */
export const LOCK_REQUIRED = `SELECT 1 / count(*) ${HELD}`

/** Takes back a role or user that a migration set, so that what follows is done by the role that runs (rule 19). */
export const OWN_ROLE = ['RESET SESSION AUTHORIZATION', 'RESET ROLE'] as const

/** The same up to the end of the transaction: behind it the migration has the role again that it set. */
export const LOCAL_OWN_ROLE = ['SET LOCAL SESSION AUTHORIZATION DEFAULT', 'SET LOCAL ROLE TO DEFAULT'] as const

const CLEANING = [
  'RESET SESSION AUTHORIZATION',
  'RESET ALL',
  'DISCARD TEMP',
  'UNLISTEN *',
  'CLOSE ALL',
  'DEALLOCATE ALL',
] as const

/** The same within a transaction, for a pooler's session, which others have next. */
export const CLEANING_WITHIN: readonly string[] = CLEANING

/**
 * Statements that take away what one migration may have left in the session for the next one (rule 19), and as the
 * last one the question whether the lock is still held. Never `DISCARD ALL`: it frees the lock.
 */
export function cleaning(settings: readonly string[]): string[] {
  return [...CLEANING, ...settings, LOCK_HELD]
}
