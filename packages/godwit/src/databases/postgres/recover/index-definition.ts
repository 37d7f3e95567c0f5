import { indexOn, sameIndex } from '../../../sql/in-doubt.js'
import { ident } from '../../../sql/quote.js'
import { MessageFailure } from '../message.js'
import type { WorkingSession } from '../working-session.js'

const SHAPE = 'godwit_shape'

/**
 * Whether a CREATE INDEX makes the index that is there. The server writes down both: for the statement, that of an empty
 * temporary table of the same columns, in a transaction that is rolled back.
 *
 * @param definition of the index that is there
 * @returns undefined when it cannot be told
 */
export async function sameDefinition(
  { connection }: WorkingSession,
  statement: string,
  table: string,
  definition: string,
): Promise<boolean | undefined> {
  const shape = `pg_temp.${ident(SHAPE)}`
  const create = indexOn(statement, shape)
  if (create === undefined) return undefined
  try {
    const { lastRow } = await connection.send(
      [
        'BEGIN',
        `CREATE TEMPORARY TABLE ${ident(SHAPE)} (LIKE ${table})`,
        create,
        `SELECT pg_get_indexdef(indexrelid) FROM pg_catalog.pg_index WHERE indrelid = '${shape}'::regclass`,
        'ROLLBACK',
      ].join('\n;\n'),
    )
    return lastRow[0] == null ? undefined : sameIndex(lastRow[0], definition)
  } catch (error) {
    if (!(error instanceof MessageFailure) || connection.lost !== undefined) throw error
    await connection.send('ROLLBACK')
    return undefined
  }
}
