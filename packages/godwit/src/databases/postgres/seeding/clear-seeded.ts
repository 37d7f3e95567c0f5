import { ident } from '../../../sql/quote.js'
import type { Cleared } from '../../seeding.js'
import { CopyIn } from '../copy.js'
import type { WorkingSession } from '../working-session.js'
import { countingDeleted } from './deleted-rows.js'
import { recordCleared } from './record-cleared.js'
import { type Group, keysOf, records, seededGroups } from './seeded-groups.js'
import type { SeedTable } from './table.js'

/** What was deleted. */
export interface DeletedSeeded {
  cleared: Cleared[]
  /** Rows of each seed. */
  bySeed: Map<string, number>
  /** What is done with: its records are of no more use. */
  groups: Group[]
}

/**
 * Deletes what seeds put there and is still there, by key, in the transaction that is open. One statement deletes it all, so that
 * foreign keys among these rows do not mind in which order.
 */
export async function deleteSeeded(session: WorkingSession, seeds: readonly string[]): Promise<DeletedSeeded> {
  const { client } = session
  const { there, done } = await seededGroups(session, seeds)
  const going: { seed: string; table: SeedTable; key: string[]; stage: string }[] = []
  for (const { group, table } of there) {
    const stage = await readBack(session, group, table, `godwit_clear_${going.length + 1}`)
    going.push({ seed: group.seed, table, key: group.key, stage })
  }
  if (going.length === 0) return { cleared: [], bySeed: new Map(), groups: done }
  const deletes = going.map(({ table, key, stage }, i) => {
    const same = key.map((name) => `t.${ident(name)} = k.${ident(name)}`).join(' AND ')
    return `d${i} AS (DELETE FROM ${table.own} AS t USING ${stage} AS k WHERE ${same} RETURNING 1)`
  })
  const counts = going.map((_, i) => `(SELECT count(*) FROM d${i}) AS d${i}`)
  const { result, deleted } = await countingDeleted(session, async () => {
    const { rows } = await client.query(`WITH ${deletes.join(',\n')}\nSELECT ${counts.join(', ')}`)
    await client.query('SET CONSTRAINTS ALL IMMEDIATE')
    return going.map((_, i) => Number(rows[0]?.[`d${i}`]))
  })
  const bySeed = new Map<string, number>()
  const byTable = new Map<number, Cleared>()
  for (const [i, { seed, table }] of going.entries()) {
    const rows = result[i] as number
    bySeed.set(seed, (bySeed.get(seed) ?? 0) + rows)
    byTable.set(table.oid, { place: table.name, rows: (byTable.get(table.oid)?.rows ?? 0) + rows })
  }
  const cascade = deleted.flatMap(({ oid, place, rows }): Cleared[] => {
    const more = rows - (byTable.get(oid)?.rows ?? 0)
    return more > 0 ? [{ place, rows: more, cascade: true }] : []
  })
  return { cleared: [...[...byTable.values()].filter(({ rows }) => rows > 0), ...cascade], bySeed, groups: done }
}

/** Records that it was deleted, and forgets the keys. */
export async function forgetSeeded(session: WorkingSession, { bySeed, groups }: DeletedSeeded): Promise<void> {
  await recordCleared(session, bySeed)
  for (const { seed, table_schema, table_name, table_oid, key } of groups)
    await session.client.query(
      `DELETE FROM ${records(session)} WHERE history = $5 AND seed = $1 AND table_schema = $2 AND table_name = $3 AND key = $4 AND table_oid = $6`,
      [seed, table_schema, table_name, key, session.journal.history, table_oid],
    )
}

async function readBack(session: WorkingSession, group: Group, table: SeedTable, stage: string): Promise<string> {
  const list = group.key.map(ident).join(', ')
  await session.connection.send(
    `CREATE TEMPORARY TABLE ${stage} ON COMMIT DROP AS SELECT ${list} FROM ${table.sql} WITH NO DATA`,
  )
  for await (const page of keysOf(session, group)) {
    const copy = new CopyIn(session.connection, `COPY ${stage} FROM STDIN`)
    for (const keys of page) await copy.write(keys)
    await copy.end()
  }
  return stage
}
