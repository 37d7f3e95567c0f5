const signals = ['SIGINT', 'SIGTERM'] as const

/**
 * Does `work` with a signal that is aborted when the process is asked to end, so that a run can stop cleanly: NestJS listens only
 * once the application is there. A second request ends the process at once, as without this.
 *
 * @param given a signal of the application's own, which stops it too
 */
export async function untilStopped<T>(
  given: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  const end = (signal: NodeJS.Signals): void => {
    forget()
    stop.abort(signal)
  }
  const forget = (): void => {
    for (const signal of signals) process.off(signal, end)
  }
  for (const signal of signals) process.on(signal, end)
  try {
    return await work(given === undefined ? stop.signal : AbortSignal.any([given, stop.signal]))
  } finally {
    forget()
  }
}
