import { isGodwitError } from '../../../errors.js'

/** Why a step did not get its locks. */
export type LockFailure = 'lock timeout' | 'deadlock'

// `lock_not_available` is what `NOWAIT` gives as well.
const LOCK_FAILURES: Readonly<Record<string, LockFailure>> = { '55P03': 'lock timeout', '40P01': 'deadlock' }

/** Whether an error means that other sessions held what a step needed; it may work later as it is. */
export function lockFailureOf(error: unknown): LockFailure | undefined {
  return isGodwitError(error) ? LOCK_FAILURES[error.details.server?.code ?? ''] : undefined
}
