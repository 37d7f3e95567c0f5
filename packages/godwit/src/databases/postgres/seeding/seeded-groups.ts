import { ident } from '../../../sql/quote.js'
import type { WorkingSession } from '../working-session.js'
import { type SeedTable, seedTables } from './table.js'

/** What one seed put into one table. */
export interface Group {
  seed: string
  table_schema: string
  table_name: string
  /** A table that was dropped and made again is another one. */
  table_oid: string
  key: string[]
}

/** Records are read back in pages of this many, some 3 MB. */
const PAGE = 50

/**
 * What seeds put there, by the tables as they are now: one that was renamed meanwhile is followed.
 *
 * @returns `there`: what can be told of its table; `done`: the same, and what went with its table
 */
export async function seededGroups(
  session: WorkingSession,
  seeds: readonly string[],
): Promise<{ there: { group: Group; table: SeedTable }[]; done: Group[] }> {
  const { rows: groups } = await session.client.query<Group>(
    `SELECT seed, table_schema, table_name, table_oid::int8 AS table_oid, key FROM ${records(session)} WHERE history = $2 AND seed = ANY ($1)
     GROUP BY 1, 2, 3, 4, 5 ORDER BY min(id)`,
    [seeds, session.journal.history],
  )
  const there: { group: Group; table: SeedTable }[] = []
  const done: Group[] = []
  for (const group of groups) {
    const table = await tableOf(session, group)
    const gone = group.key.filter((name) => table !== undefined && !table.columns.some((each) => each.name === name))
    if (table === undefined || gone.length === 0) done.push(group)
    else
      session.options.warn(
        `${table.schema}.${table.bare} has no column ${gone.join(', ')} any more: what ${group.seed} put there cannot be told, and stays.`,
      )
    if (table !== undefined && gone.length === 0) there.push({ group, table })
  }
  return { there, done }
}

/** The keys of a group a page at a time: lines that COPY reads back. */
export async function* keysOf(session: WorkingSession, group: Group): AsyncIterable<string[]> {
  const { seed, table_schema, table_name, table_oid, key } = group
  for (let last = '0'; ; ) {
    const { rows } = await session.client.query<{ id: string; keys: string }>(
      `SELECT id, keys FROM ${records(session)} WHERE history = $6 AND seed = $1 AND table_schema = $2 AND table_name = $3 AND key = $4 AND id > $5 AND table_oid = $7
       ORDER BY id LIMIT ${PAGE}`,
      [seed, table_schema, table_name, key, last, session.journal.history, table_oid],
    )
    if (rows.length === 0) return
    yield rows.map(({ keys }) => keys)
    last = rows.at(-1)?.id as string
  }
}

/** The table of records of keys. */
export function records({ journal }: Pick<WorkingSession, 'journal'>): string {
  return `${ident(journal.schema)}.seed_row`
}

async function tableOf({ client }: WorkingSession, group: Group): Promise<SeedTable | undefined> {
  const name = `${group.table_schema}.${group.table_name}`
  const found = (await seedTables(client, [name])).get(name)
  if (found !== undefined) return found.oid === Number(group.table_oid) ? found : undefined
  const { rows } = await client.query<{ name: string }>(
    `SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1`,
    [group.table_oid],
  )
  const renamed = rows[0]?.name
  return renamed === undefined ? undefined : (await seedTables(client, [renamed])).get(renamed)
}
