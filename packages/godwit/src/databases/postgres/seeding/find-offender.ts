import { ident } from '../../../sql/quote.js'
import { rowFailed } from '../../seed-row.js'
import type { Upsert } from '../../seeding.js'
import { byDetail } from './by-detail.js'
import type { Merging } from './merge-sql.js'
import { isOfData, type PgError, serverSays } from './row-errors.js'
import type { SeedWork } from './work.js'

type Between = readonly [number, number]

/**
 * Finds the row that a statement over staged rows fails on, whatever it is that refuses it: what the error names is looked up;
 * else the rows are tried by halves, of which those that pass stay. About twice the time of the statement.
 *
 * @param sql the statement for the rows behind the first number up to the second
 * @param error what it failed with; the transaction is usable again
 * @returns what to throw: GODWIT_SEED_ROW, or `error` where no row alone is to blame
 */
export async function offender(
  work: SeedWork,
  { shape, table, key }: Merging,
  upsert: Upsert,
  sql: (between: Between) => string,
  error: unknown,
): Promise<unknown> {
  const { client } = work.session
  const named = await byDetail(work, { shape, table, upsert }, error as PgError)
  if (named !== undefined) return named
  // What fails without any row is no row's fault, such as a right that is missing.
  if ((await tried(work, sql([0, 0]))) !== undefined) return error
  const { rows: ends } = await client.query<{ last: string }>(`SELECT max(godwit_row) AS last FROM ${shape.stage}`)
  const found = await firstToFail(work, sql, Number(ends[0]?.last ?? 0))
  // Of rows that point to each other another may fail, for want of one that comes later.
  if (found === undefined || !sameFault(found.error, error as PgError)) return error
  const texts = key.map((name) => `${ident(name)}::text`).join(', ')
  const { rows } = await client.query(`SELECT ${texts} FROM ${shape.stage} WHERE godwit_row = ${found.row}`)
  return rowFailed(upsert, found.row, rows[0], ...serverSays(found.error, table))
}

async function firstToFail(
  work: SeedWork,
  sql: (between: Between) => string,
  last: number,
): Promise<{ row: number; error: PgError } | undefined> {
  let [passed, fails] = [0, last]
  let known: PgError | undefined
  while (fails - passed > 1) {
    const middle = Math.floor((passed + fails) / 2)
    const failure = await tried(work, sql([passed, middle]))
    if (failure === undefined) passed = middle
    else [fails, known] = [middle, failure]
  }
  // Where the last try passed, the row behind it has not been tried alone.
  const error = (await tried(work, sql([passed, fails]))) ?? known
  return error === undefined ? undefined : { row: fails, error }
}

async function tried({ session }: SeedWork, text: string): Promise<PgError | undefined> {
  const { connection, client } = session
  await connection.send('SAVEPOINT godwit_try')
  try {
    await client.query(text)
    await connection.send('RELEASE SAVEPOINT godwit_try')
    return undefined
  } catch (error) {
    if (connection.lost !== undefined || !isOfData(error as PgError)) throw error
    await connection.send('ROLLBACK TO SAVEPOINT godwit_try')
    return error as PgError
  }
}

function sameFault(one: PgError, other: PgError): boolean {
  return one.code === other.code && one.constraint === other.constraint
}
