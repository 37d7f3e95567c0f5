import type { Blocker } from '../../../engine/events.js'
import type { GodwitError } from '../../../errors.js'
import type { LoadedStep, StepOptions } from '../../contract.js'
import type { ConnectionSettings } from '../connection-settings.js'
import { HELD_BY_ANOTHER } from '../statement-failure.js'
import type { WorkingSession } from '../working-session.js'
import type { AttemptOptions } from './attempt.js'
import { BlockerWatch } from './blocker-watch.js'
import { blockedByLines, endingThem } from './blockers.js'
import { lockFailureOf } from './lock-failure.js'
import { retrying } from './retry.js'

/**
 * Runs a step so that it holds up nobody for long and nobody holds it up unnamed: who is in its way is told, and, where
 * it may be run twice, it is tried again when it could not get its locks (invariant 20).
 *
 * @param mayRetry whether it is known as statements, or says itself that it may be tried again
 */
export async function runPolitely<T>(
  settings: ConnectionSettings,
  session: WorkingSession,
  step: LoadedStep,
  options: StepOptions,
  mayRetry: () => boolean,
  attempt: (options: AttemptOptions) => Promise<T>,
): Promise<T> {
  const watch = BlockerWatch.of(session, settings)
  let attempts = 0
  try {
    const retries = () => (mayRetry() ? (session.options.lockRetries ?? 0) : 0)
    return await retrying(options, retries, async (attemptOptions) => {
      attempts++
      watch?.begin((by) => options.onEvent({ type: 'blocked', by }))
      try {
        return { outcome: await attempt(attemptOptions) }
      } catch (error) {
        const by = watch?.end() ?? []
        return { error: lockFailureOf(error) ? withBlockers(error as GodwitError, step, by, attempts) : error, by }
      }
    })
  } finally {
    watch?.close()
  }
}

// The error was made where the statement failed, which knows nothing of other sessions.
function withBlockers(error: GodwitError, step: LoadedStep, by: Blocker[], attempts: number): GodwitError {
  const { state = [] } = error.details
  const tried = attempts === 1 ? [] : [`It was tried ${attempts} times.`]
  Object.assign(error.details, { state: [...state, ...tried, ...blockedByLines(by)] })
  if (by.length > 0 && error.hint.startsWith(HELD_BY_ANOTHER))
    Object.assign(error, { hint: `Let it finish, or end it: ${endingThem(by)} then: godwit ${step.direction}` })
  return error
}
