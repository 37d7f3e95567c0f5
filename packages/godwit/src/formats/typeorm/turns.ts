import type { DataSource } from './typeorm-shapes.js'

const taken = new WeakMap<DataSource, Promise<void>>()

/** Whether a run of this process works with the DataSource. */
export function isTaken(dataSource: DataSource): boolean {
  return taken.has(dataSource)
}

/** Waits until no run of this process works with the DataSource: it leads to one database at a time. */
export async function whenFree(dataSource: DataSource): Promise<void> {
  for (let turn = taken.get(dataSource); turn !== undefined; turn = taken.get(dataSource)) await turn
}

/**
 * Takes a DataSource that is free.
 *
 * @returns what gives it back
 */
export function takeTurn(dataSource: DataSource): () => void {
  let end: () => void = () => {}
  taken.set(
    dataSource,
    new Promise((resolve) => {
      end = resolve
    }),
  )
  return () => {
    taken.delete(dataSource)
    end()
  }
}
