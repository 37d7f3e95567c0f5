import { untilStopped } from '../databases/grace.js'
import type { SeedContext } from './context.js'

const LONGEST_TIMER_MS = 2_147_483_647

/** What comes until the run is stopped, also where the next of it never does. */
export async function* untilStop<T>(source: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncIterable<T> {
  if (signal === undefined) return yield* source
  const iterator = source[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await nextOrStop(iterator, signal)
      if (next.done) return
      yield next.value
    }
  } finally {
    // Not waited for: it may itself be waiting for what never comes.
    iterator.return?.().catch(() => {})
  }
}

// A listener each time: one promise for all of them would keep every batch in memory.
function nextOrStop<T>(iterator: AsyncIterator<T>, signal: AbortSignal): Promise<IteratorResult<T>> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error('it was stopped'))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
  })
}

/** Waits for a function, but for no longer than its grace once the run was stopped. */
export async function withGrace(
  name: string,
  { signal, graceMs, onEvent }: Pick<SeedContext, 'signal' | 'graceMs' | 'onEvent'>,
  work: () => Promise<void>,
): Promise<void> {
  if (signal === undefined) return work()
  const over = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const begin = () => {
    if (graceMs > 0) onEvent({ type: 'stopping', name, graceMs })
    timer = setTimeout(() => over.abort(), Math.min(graceMs, LONGEST_TIMER_MS))
  }
  signal.addEventListener('abort', begin, { once: true })
  try {
    await untilStopped(over.signal, work)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', begin)
  }
}
