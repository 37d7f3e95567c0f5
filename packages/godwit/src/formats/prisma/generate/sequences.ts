import type { Changes } from './changes.js'
import { sameTable } from './renames.js'

/**
 * The way back with the sequences' own names. The engine makes it from the schema, which does not name them: it writes
 * `DROP SEQUENCE ""` for one that the up makes, and another name for one that the up drops.
 */
export function nameSequences(down: string, back: Changes, changes: Changes): string {
  let named = down
  const made = [...changes.createdSequences]
  for (const { table, written } of back.droppedSequences) {
    const own = takeFor(made, table)
    if (written === '""' && own !== undefined) named = named.replace('DROP SEQUENCE "";', () => `DROP SEQUENCE ${own};`)
  }
  const dropped = [...changes.droppedSequences]
  for (const { table, written } of back.createdSequences) {
    const own = takeFor(dropped, table)
    if (own !== undefined) named = named.replaceAll(written, () => own)
  }
  return named
}

function takeFor(sequences: { table: string; written: string }[], table: string): string | undefined {
  const index = sequences.findIndex((each) => sameTable(each.table, table))
  return index === -1 ? undefined : sequences.splice(index, 1)[0]?.written
}
