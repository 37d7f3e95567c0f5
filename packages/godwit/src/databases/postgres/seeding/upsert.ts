import { GodwitError } from '../../../errors.js'
import { ident } from '../../../sql/quote.js'
import { rowFailed } from '../../seed-row.js'
import type { SeedCounts, Upsert } from '../../seeding.js'
import type { WorkingSession } from '../working-session.js'
import { advance, countDifferent, faultyKey, insert, noCounts, update } from './merge.js'
import { noPlace, type Shape, Stage } from './stage.js'
import { isUnique, type SeedTable, seedTables } from './table.js'

/**
 * Puts rows into a table by their key, in the transaction that is open.
 *
 * @throws GodwitError GODWIT_SEED_PLACE, GODWIT_SEED_KEY, GODWIT_SEED_ROW
 */
export async function upsertRows(session: WorkingSession, upsert: Upsert): Promise<SeedCounts> {
  const { connection, client } = session
  const table = (await seedTables(client, [upsert.place])).get(upsert.place)
  if (table === undefined) throw noPlace(upsert)
  refuseKey(table, upsert)
  const { shapes, rows } = await new Stage(connection, table, upsert).fill()
  if (rows === 0) return noCounts()
  await refuseFaultyKey(session, shapes, upsert)
  const counts = noCounts()
  for (const shape of shapes) await merge(session, shape, table, upsert, counts)
  for (const column of table.columns)
    if (column.sequence !== null && counts.inserted > 0 && shapes.some(({ columns }) => columns.includes(column)))
      await client.query(advance(column, table))
  for (const { stage } of shapes) await client.query(`DROP TABLE ${stage}`)
  return counts
}

async function merge(
  { client }: WorkingSession,
  shape: Shape,
  table: SeedTable,
  { key, onExisting }: Upsert,
  counts: SeedCounts,
): Promise<void> {
  const { rows } = await client.query(countDifferent(shape, table, key))
  const [there, different] = [Number(rows[0]?.same_key), Number(rows[0]?.different)]
  counts.unchanged += there - different
  if (different > 0 && onExisting === 'update')
    counts.updated += (await client.query(update(shape, table, key))).rowCount ?? 0
  else counts.kept += different
  counts.inserted += (await client.query(insert(shape, table, key))).rowCount ?? 0
}

function refuseKey(table: SeedTable, { seed, file, key }: Upsert): void {
  const missing = key.filter((name) => !table.columns.some((column) => column.name === name))
  if (missing.length === 0 && isUnique(table, key)) return
  const create = `CREATE UNIQUE INDEX ON ${table.sql} (${key.map(ident).join(', ')})`
  throw new GodwitError('GODWIT_SEED_KEY', { seed, place: table.name, key, missing, create }, { file })
}

async function refuseFaultyKey({ client }: WorkingSession, shapes: readonly Shape[], upsert: Upsert): Promise<void> {
  const [found] = (await client.query(faultyKey(shapes, upsert.key))).rows
  if (found === undefined) return
  const values = Object.fromEntries(upsert.key.map((name) => [name, found[name] ?? undefined]))
  const empty = upsert.key.filter((name) => found[name] === null)
  const why = empty.length > 0 ? `its key ${empty.join(', ')} is null` : `row ${found.other} has the same key`
  throw rowFailed(upsert, Number(found.row), values, why)
}
