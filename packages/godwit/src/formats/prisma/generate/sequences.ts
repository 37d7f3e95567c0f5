import type pg from 'pg'
import type { Changes } from './changes.js'
import { sameTable } from './renames.js'

/** What the engine writes of a sequence that the up makes. */
export const unnamedSequence = 'DROP SEQUENCE ""'

/**
 * The way back with the sequences' own names. The engine makes it from the schema, which does not name them: it writes
 * `DROP SEQUENCE ""` for one that the up makes, and another name and type for one that the up drops.
 */
export function nameSequences(
  down: string,
  back: Changes,
  changes: Changes,
  types: ReadonlyMap<string, string>,
): string {
  let named = down
  const made = [...changes.createdSequences]
  for (const { table, written } of back.droppedSequences) {
    const own = takeFor(made, table)
    if (written === '""' && own !== undefined)
      named = named.replace(`${unnamedSequence};`, () => `DROP SEQUENCE ${own};`)
  }
  const dropped = [...changes.droppedSequences]
  for (const { table, written } of back.createdSequences) {
    const own = takeFor(dropped, table)
    if (own === undefined) continue
    const type = types.get(own)
    const made = type === undefined ? own : `${own} AS ${type}`
    named = named.replaceAll(written, () => own).replace(`CREATE SEQUENCE ${own};`, () => `CREATE SEQUENCE ${made};`)
  }
  return named
}

/** The types that sequences count in, by their names as they are written. */
export async function sequenceTypes(client: pg.Client, written: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `SELECT name, format_type(s.seqtypid, NULL) AS type FROM unnest($1::text[]) AS name
     JOIN pg_sequence s ON s.seqrelid = to_regclass(name)`,
    [written],
  )
  return new Map(rows.map(({ name, type }) => [name, type]))
}

function takeFor(sequences: { table: string; written: string }[], table: string): string | undefined {
  const index = sequences.findIndex((each) => sameTable(each.table, table))
  return index === -1 ? undefined : sequences.splice(index, 1)[0]?.written
}
