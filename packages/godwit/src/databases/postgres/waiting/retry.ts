import { setTimeout as sleep } from 'node:timers/promises'
import type { Blocker } from '../../../engine/events.js'
import { isGodwitError } from '../../../errors.js'
import type { StepOptions } from '../../contract.js'
import type { AttemptOptions } from './attempt.js'
import { type LockFailure, lockFailureOf } from './lock-failure.js'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 15_000

/** One attempt: how it ended, and who was in the way of it. */
export type Attempt<T> = (options: AttemptOptions) => Promise<{ outcome: T } | { error: unknown; by: Blocker[] }>

/**
 * Runs a step, and again after a pause when it could not get its locks and left nothing behind (rule 15): as a whole, or
 * from the statement on that failed, where the ones before it are done for good.
 * Only the last failure is noted. A signal ends the pause at once.
 *
 * @param retries how often it is run again, asked when it has failed
 * @throws what the last attempt failed with
 */
export async function retrying<T>(options: StepOptions, retries: () => number, attempt: Attempt<T>): Promise<T> {
  const carried = {}
  for (let retry = 1; ; retry++) {
    const taken: { note?: () => Promise<void> } = {}
    const result = await attempt({
      ...options,
      carried,
      triedAgain: (failed, note, untouched) => {
        if (retry > retries() || options.stopping?.() || !untouched || lockFailureOf(failed) === undefined) return false
        taken.note = note
        return true
      },
    })
    if ('outcome' in result) return result.outcome
    const { error, by } = result
    if (taken.note === undefined) throw error
    const inMs = pauseBefore(retry)
    const reason = lockFailureOf(error) as LockFailure
    const left = isGodwitError(error) && error.details.left === 'part' ? 'part' : 'nothing'
    options.onEvent({ type: 'retrying', reason, left, attempt: retry, of: retries(), inMs, by })
    if (await stoppedWithin(inMs, options.signal)) {
      await taken.note()
      throw error
    }
  }
}

/** Twice as long each time, and never the same for two runners that met. */
export function pauseBefore(retry: number, random = Math.random()): number {
  const whole = FIRST_PAUSE_MS * 2 ** Math.min(retry - 1, 10)
  return Math.round(Math.min(whole * (0.75 + random / 2), LONGEST_PAUSE_MS))
}

async function stoppedWithin(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal === undefined) await sleep(ms)
  else await sleep(ms, undefined, { signal }).catch(() => {})
  return signal?.aborted === true
}
