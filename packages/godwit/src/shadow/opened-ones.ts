import type { ShadowDatabase } from './contract.js'

type Closable = { close: () => Promise<void> }

/** Closes one behind the other, all of them. */
export async function closeAll([first, ...others]: (Closable | undefined)[]): Promise<void> {
  try {
    await first?.close()
  } finally {
    if (others.length > 0) await closeAll(others)
  }
}

/** Opens databases, and closes what was opened: whoever is stopped does not. Closing one again does nothing. */
export function openedOnes<Wanted extends unknown[]>(
  make: (...wanted: Wanted) => Promise<ShadowDatabase>,
): Closable & { open: (...wanted: Wanted) => Promise<ShadowDatabase> } {
  const opened: Promise<ShadowDatabase>[] = []
  const open = async (...wanted: Wanted) => {
    const { close, ...database } = await make(...wanted)
    let closed: Promise<void> | undefined
    return {
      ...database,
      close: () => {
        closed ??= close()
        return closed
      },
    }
  }
  return {
    open: (...wanted) => {
      const one = open(...wanted)
      opened.push(one)
      return one
    },
    close: async () => {
      const made = await Promise.allSettled(opened)
      await closeAll(made.map((each) => (each.status === 'fulfilled' ? each.value : undefined)))
    },
  }
}
