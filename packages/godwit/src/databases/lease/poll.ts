import { setTimeout as sleep } from 'node:timers/promises'
import { GodwitError } from '../../errors.js'
import type { LockOptions } from '../contract.js'

const FIRST_POLL_MS = 50
const LAST_POLL_MS = 500

/** What an attempt gave: what was wanted, or who is in the way. */
export type Attempt<T> = { got: T } | { holder: string }

/** How patient it is. */
export interface Patience extends Omit<LockOptions, 'identity'> {
  /** When the waiting began, by `performance.now()`; absent: now. Several locks are waited for as one. */
  since?: number
}

/**
 * Tries until it has what it wants: nothing ever waits inside the server, where a waiting lock call would be a running
 * statement that CREATE INDEX CONCURRENTLY waits for (rule 1).
 *
 * @throws GodwitError GODWIT_LOCKED when the time is up
 */
export async function poll<T>(
  { waitMs, onWait, signal, since = performance.now() }: Patience,
  attempt: () => Promise<Attempt<T>>,
): Promise<{ got: T; waited: boolean }> {
  let pause = FIRST_POLL_MS
  for (let waited = false; ; waited = true) {
    const result = await attempt()
    if ('got' in result) return { got: result.got, waited }
    const { holder } = result
    const waitedMs = performance.now() - since
    if (waitedMs >= waitMs) throw new GodwitError('GODWIT_LOCKED', { holder, waitedMs })
    onWait(holder, waitedMs)
    const left = Math.max(waitMs - waitedMs, 1)
    await sleep(Math.min(pause, left), undefined, signal === undefined ? {} : { signal })
    pause = Math.min(pause * 1.5, LAST_POLL_MS)
  }
}
