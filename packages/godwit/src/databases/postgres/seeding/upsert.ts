import { GodwitError } from '../../../errors.js'
import { ident } from '../../../sql/quote.js'
import type { SeedCounts, Upsert } from '../../seeding.js'
import { fillEmpty } from './fill-empty.js'
import { mergeRows } from './merge-rows.js'
import { isUnique, kindOf, type SeedTable, seedTables } from './table.js'
import { type SeedWork, undoUpsert } from './work.js'

/**
 * Puts rows into a table by their key, in the transaction that is open. What fails leaves nothing of itself.
 *
 * @throws GodwitError GODWIT_SEED_PLACE, GODWIT_SEED_KEY, GODWIT_SEED_ROW
 */
export async function upsertRows(work: SeedWork, upsert: Upsert): Promise<SeedCounts> {
  const { connection, client } = work.session
  const table = (await seedTables(client, [upsert.place])).get(upsert.place)
  if (table === undefined) throw noPlace(upsert, await kindOf(client, upsert.place))
  refuseKey(table, upsert)
  const asked = await connection.send(`SAVEPOINT godwit_upsert;\nSELECT EXISTS (SELECT FROM ${table.own})`)
  const byCopy = asked.lastRow[0] === 'f' && table.plain && !table.deferrable && !isTimed(table, upsert.key)
  const put = byCopy ? fillEmpty : mergeRows
  try {
    const counts = await put(work, table, upsert)
    await connection.send('RELEASE SAVEPOINT godwit_upsert')
    return counts
  } catch (error) {
    if (connection.lost === undefined) await undoUpsert(work)
    throw error
  }
}

// A key such as `tomorrow`, or one without a zone, is recorded as the server has understood it.
function isTimed({ columns }: SeedTable, key: readonly string[]): boolean {
  return columns.some(
    ({ name, base }) => key.includes(name) && /^(?:date|time|timetz|timestamp|timestamptz)$/.test(base),
  )
}

function noPlace({ seed, file, place }: Upsert, is: string | undefined): GodwitError {
  const kind = is === undefined ? {} : { is }
  return new GodwitError('GODWIT_SEED_PLACE', { seed, place, documents: false, ...kind }, { file })
}

function refuseKey(table: SeedTable, { seed, file, key }: Upsert): void {
  const missing = key.filter((name) => !table.columns.some((column) => column.name === name))
  if (missing.length === 0 && isUnique(table, key)) return
  const create = `CREATE UNIQUE INDEX ON ${table.sql} (${key.map(ident).join(', ')})`
  throw new GodwitError('GODWIT_SEED_KEY', { seed, place: table.name, key, missing, create }, { file })
}
