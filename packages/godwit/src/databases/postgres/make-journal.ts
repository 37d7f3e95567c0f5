import { ident } from '../../sql/quote.js'
import type { WorkingSession } from './working-session.js'

/** Makes schema and tables of the journal; `denied`: the role may not. */
export async function makeJournal(session: WorkingSession): Promise<'ready' | 'denied'> {
  try {
    await session.connection.send(session.journal.create())
    return 'ready'
  } catch (error) {
    await session.connection.send('ROLLBACK')
    if (((error as Error).cause as { code?: string }).code === '42501') return 'denied'
    throw (error as Error).cause
  }
}

/** Whether the role may write to a journal that it can read. */
export async function mayWriteJournal({ client, journal }: WorkingSession): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT has_table_privilege($1, 'INSERT') AND has_table_privilege($1, 'UPDATE') AND has_table_privilege($2, 'INSERT') AS may`,
    [journal.stepTable, `${ident(journal.schema)}.run`],
  )
  return rows[0]?.may === true
}
