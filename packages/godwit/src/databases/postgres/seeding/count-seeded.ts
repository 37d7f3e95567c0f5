import { ident } from '../../../sql/quote.js'
import type { Cleared } from '../../seeding.js'
import type { WorkingSession } from '../working-session.js'
import { unescaped } from './copy-text.js'
import { type Group, keysOf, seededGroups } from './seeded-groups.js'
import type { SeedColumn, SeedTable } from './table.js'

/** How many rows that seeds put there are still there: for a server that takes no temporary tables, as a replica. */
export async function countSeeded(session: WorkingSession, seeds: readonly string[]): Promise<Cleared[]> {
  const { there } = await seededGroups(session, seeds)
  const counted = new Map<string, number>()
  for (const { group, table } of there)
    counted.set(table.name, (counted.get(table.name) ?? 0) + (await countGroup(session, group, table)))
  return [...counted].filter(([, rows]) => rows > 0).map(([place, rows]) => ({ place, rows }))
}

async function countGroup(session: WorkingSession, group: Group, table: SeedTable): Promise<number> {
  const columns = group.key.map((name) => table.columns.find((column) => column.name === name) as SeedColumn)
  const given = columns.map((_, i) => `$${i + 1}::text[]`).join(', ')
  const same = columns.map(({ name, type }, i) => `t.${ident(name)} = k.v${i}::${type}`).join(' AND ')
  const count = `SELECT count(*) AS rows FROM unnest(${given}) AS k (${columns.map((_, i) => `v${i}`).join(', ')}) JOIN ${table.own} AS t ON ${same}`
  let total = 0
  for await (const page of keysOf(session, group)) {
    const lines = page.flatMap((keys) =>
      keys
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split('\t')),
    )
    const values = columns.map((_, i) => lines.map((fields) => unescaped(fields[i] ?? '')))
    const { rows } = await session.client.query<{ rows: string }>(count, values)
    total += Number(rows[0]?.rows)
  }
  return total
}
