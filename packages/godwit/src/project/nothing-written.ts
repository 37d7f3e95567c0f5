import { stopCode } from '../engine/stop.js'
import { GodwitError } from '../errors.js'

/** @throws GODWIT_INTERRUPTED, GODWIT_TERMINATED once a signal has come */
export function refuseStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw stopped(signal)
}

function stopped(signal: AbortSignal): GodwitError {
  return new GodwitError(stopCode(signal), {}, { hint: 'Nothing was written.' })
}

/**
 * Waits for work on a shadow, but no longer than to a signal. What compares cannot be told to stop: it is left alone, and ends when
 * its shadow is closed.
 *
 * @throws GODWIT_INTERRUPTED, GODWIT_TERMINATED
 */
export async function untilStopped<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work
  work.catch(() => {})
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(stopped(signal))
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    refuseStopped(signal)
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
