import { nearestTo } from '../../../engine/find-name.js'
import { GodwitError } from '../../../errors.js'
import { ident } from '../../../sql/quote.js'
import type { SeedRow } from '../../seeding.js'
import type { WorkingSession } from '../working-session.js'
import { plainTextFor } from './copy-text.js'
import { type SeedColumn, type SeedTable, seedTables } from './table.js'

/**
 * The rows that have these values, at most two for each; what they hold comes as text, so that no number loses digits on its way
 * through JavaScript.
 *
 * @throws GodwitError GODWIT_SEED_PLACE, GODWIT_SEED_INVALID
 */
export async function findRows(
  session: WorkingSession,
  place: string,
  where: readonly SeedRow[],
  columns: readonly string[],
): Promise<SeedRow[][]> {
  const table = (await seedTables(session.client, [place])).get(place)
  if (table === undefined) throw new GodwitError('GODWIT_SEED_PLACE', { seed: place, place, documents: false })
  for (const name of [...columns, ...where.flatMap((row) => Object.keys(row))]) columnOf(table, name)
  const found: SeedRow[][] = where.map(() => [])
  // Those that ask for the same columns are asked for at once; NULL is equal to nothing, and asked for otherwise.
  const groups = new Map<string, number[]>()
  for (const [i, row] of where.entries()) {
    const id = JSON.stringify(Object.entries(row).map(([name, value]) => [name, value == null]))
    groups.set(id, [...(groups.get(id) ?? []), i])
  }
  for (const group of groups.values()) {
    const asked = group.map((i) => where[i] as SeedRow)
    for (const { godwit_asked, ...row } of await ask(session, table, asked, columns))
      found[group[Number(godwit_asked) - 1] as number]?.push(row)
  }
  return found
}

async function ask(
  { client }: WorkingSession,
  table: SeedTable,
  asked: readonly SeedRow[],
  columns: readonly string[],
): Promise<(SeedRow & { godwit_asked: string })[]> {
  const [first = {}] = asked
  const given = Object.keys(first).filter((name) => first[name] != null)
  const nulls = Object.keys(first).filter((name) => first[name] == null)
  const list = columns.map((name) => `t.${ident(name)}::text`).join(', ')
  const conditions = [
    ...given.map((name, i) => `t.${ident(name)} = w.v${i}::${columnOf(table, name).type}`),
    ...nulls.map((name) => `t.${ident(name)} IS NULL`),
  ]
  const lists = given.map((name) => {
    const text = plainTextFor(columnOf(table, name))
    return asked.map((row) => text(row[name]))
  })
  const source =
    given.length === 0
      ? 'generate_series(1, 1) AS w (i)'
      : `unnest(${given.map((_, i) => `$${i + 1}::text[]`).join(', ')}) WITH ORDINALITY AS w (${[...given.map((_, i) => `v${i}`), 'i'].join(', ')})`
  const { rows } = await client.query(
    `SELECT w.i AS godwit_asked, f.* FROM ${source}, LATERAL (SELECT ${list} FROM ${table.sql} AS t WHERE ${['true', ...conditions].join(' AND ')} LIMIT 2) AS f`,
    lists,
  )
  return rows
}

function columnOf({ columns, name: table }: SeedTable, name: string): SeedColumn {
  const column = columns.find((each) => each.name === name)
  if (column !== undefined) return column
  const nearest = nearestTo(
    name,
    columns.map((each) => each.name),
  )
  const mean = nearest === undefined ? '' : `; did you mean '${nearest}'?`
  throw new GodwitError('GODWIT_SEED_INVALID', {
    reason: `A reference to ${table}: there is no column '${name}'${mean}`,
  })
}
