import { advance } from './merge-sql.js'
import type { Shape } from './shape.js'
import type { SeedTable } from './table.js'
import type { SeedWork } from './work.js'

/** Brings sequences behind the values that rows were given, so that the next row gets one that is free. */
export async function bringSequences(
  { session, identity }: SeedWork,
  table: SeedTable,
  shapes: readonly Shape[],
  inserted: number,
): Promise<void> {
  if (inserted === 0) return
  for (const column of table.columns) {
    const { name, sequence } = column
    if (sequence === null || !shapes.some(({ names }) => names.includes(name))) continue
    if (sequence.allowed) await session.connection.send(advance(column, table) as string)
    else
      session.options.warn(
        `${identity.name}: no right to set ${sequence.sql}, so that it may give ${table.name}.${name} a value that a row has already.`,
      )
  }
}
