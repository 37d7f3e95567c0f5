import { LOCAL_OWN_ROLE } from '../clean.js'
import type { Connection } from '../connection.js'

/**
 * The rows of one SELECT, in one simple message, whatever the migration has made of the session.
 *
 * @param as `own`: as the role that runs, whatever role the migration has set for itself
 */
export async function ask<Row>(connection: Connection, select: string, as: 'is' | 'own' = 'is'): Promise<Row[]> {
  const question = `SELECT coalesce(json_agg(row_to_json(r)), '[]') FROM (${select}) AS r`
  const message = as === 'is' ? question : ['BEGIN', ...LOCAL_OWN_ROLE, question, 'COMMIT'].join(';\n')
  try {
    const { lastRow } = await connection.send(message)
    return JSON.parse(lastRow[0] ?? '[]') as Row[]
  } catch (error) {
    if (as === 'own' && connection.lost === undefined) await connection.send('ROLLBACK')
    throw error
  }
}
