import { ident } from '../../../sql/quote.js'
import type { Cleared } from '../../seeding.js'
import { CopyIn } from '../copy.js'
import type { WorkingSession } from '../working-session.js'
import { countingDeleted } from './deleted-rows.js'
import { recordCleared } from './record-cleared.js'
import { type SeedTable, seedTables } from './table.js'

/** What one seed put into one table. */
interface Group {
  seed: string
  table_schema: string
  table_name: string
  /** A table that was dropped and made again is another one. */
  table_oid: string
  key: string[]
}

/** What was deleted. */
export interface DeletedSeeded {
  cleared: Cleared[]
  /** Rows of each seed. */
  bySeed: Map<string, number>
  /** What is done with: its records are of no more use. */
  groups: Group[]
}

/** Records are read back in pages of this many, some 3 MB. */
const PAGE = 50

/**
 * Deletes what seeds put there and is still there, by key, in the transaction that is open. One statement deletes it all, so that
 * foreign keys among these rows do not mind in which order.
 */
export async function deleteSeeded(session: WorkingSession, seeds: readonly string[]): Promise<DeletedSeeded> {
  const { client } = session
  const { rows: groups } = await client.query<Group>(
    `SELECT seed, table_schema, table_name, table_oid::int8 AS table_oid, key FROM ${records(session)} WHERE history = $2 AND seed = ANY ($1)
     GROUP BY 1, 2, 3, 4, 5 ORDER BY min(id)`,
    [seeds, session.journal.history],
  )
  const done: Group[] = []
  const going: { seed: string; table: SeedTable; key: string[]; stage: string }[] = []
  for (const group of groups) {
    const { seed, key } = group
    const name = `${group.table_schema}.${group.table_name}`
    const found = (await seedTables(client, [name])).get(name)
    const table = found?.oid === Number(group.table_oid) ? found : undefined
    const gone = key.filter((column) => table !== undefined && !table.columns.some((each) => each.name === column))
    if (gone.length > 0)
      session.options.warn(
        `${name} has no column ${gone.join(', ')} any more: what ${seed} put there cannot be told, and stays.`,
      )
    else done.push(group)
    if (gone.length === 0 && table !== undefined)
      going.push({ seed, table, key, stage: await readBack(session, group, table, `godwit_clear_${going.length + 1}`) })
  }
  if (going.length === 0) return { cleared: [], bySeed: new Map(), groups: done }
  const deletes = going.map(({ table, key, stage }, i) => {
    const same = key.map((name) => `t.${ident(name)} = k.${ident(name)}`).join(' AND ')
    return `d${i} AS (DELETE FROM ${table.sql} AS t USING ${stage} AS k WHERE ${same} RETURNING 1)`
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

async function readBack(
  { client, connection, journal }: WorkingSession,
  { seed, table_schema, table_name, table_oid, key }: Group,
  table: SeedTable,
  stage: string,
): Promise<string> {
  const list = key.map(ident).join(', ')
  await connection.send(
    `CREATE TEMPORARY TABLE ${stage} ON COMMIT DROP AS SELECT ${list} FROM ${table.sql} WITH NO DATA`,
  )
  for (let last = '0'; ; ) {
    const { rows } = await client.query<{ id: string; keys: string }>(
      `SELECT id, keys FROM ${records({ journal })} WHERE history = $6 AND seed = $1 AND table_schema = $2 AND table_name = $3 AND key = $4 AND id > $5 AND table_oid = $7
       ORDER BY id LIMIT ${PAGE}`,
      [seed, table_schema, table_name, key, last, journal.history, table_oid],
    )
    if (rows.length === 0) return stage
    const copy = new CopyIn(connection, `COPY ${stage} FROM STDIN`)
    for (const { keys } of rows) await copy.write(keys)
    await copy.end()
    last = rows.at(-1)?.id as string
  }
}

function records({ journal }: Pick<WorkingSession, 'journal'>): string {
  return `${ident(journal.schema)}.seed_row`
}
