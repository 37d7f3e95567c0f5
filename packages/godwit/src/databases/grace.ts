const LAST_WORDS_MS = 1_000

/** What is said of a function that did not end within its grace. */
export const OUT_OF_GRACE = 'it was stopped, and did not end by itself in time'

/** Whether code of the project's is at work in a step: a stop gives that a grace (rule 18). */
export class UserCode {
  running = false

  /** The same function, seen while it works. */
  watched<Args extends unknown[], T>(work: (...args: Args) => Promise<T>): (...args: Args) => Promise<T> {
    return async (...args) => {
      this.running = true
      try {
        return await work(...args)
      } finally {
        this.running = false
      }
    }
  }
}

/**
 * Waits for a function, but only until a moment after it was stopped: it may be waiting for something that never comes. By
 * then its statement was cancelled, and it can send no other.
 *
 * @param onStop told of the stop
 */
export async function untilStopped<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  onStop: () => void = () => {},
): Promise<T> {
  if (signal === undefined) return work()
  if (signal.aborted) throw new Error(OUT_OF_GRACE)
  return new Promise((resolve, reject) => {
    const stop = () => {
      onStop()
      setTimeout(() => reject(new Error(OUT_OF_GRACE)), LAST_WORDS_MS).unref()
    }
    signal.addEventListener('abort', stop, { once: true })
    const behind =
      <Value>(settle: (value: Value) => void) =>
      (value: Value) => {
        signal.removeEventListener('abort', stop)
        settle(value)
      }
    work().then(behind(resolve), behind(reject))
  })
}
