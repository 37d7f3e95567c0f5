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

/** What the role may do with Godwit's own schema, which it can read. */
export interface JournalRights {
  journal: boolean
  /** `absent`: the schema is of a version before there was a lease. */
  lease: 'ready' | 'absent' | 'denied'
}

/** Asks what the role may write to. */
export async function journalRights({ client, journal }: WorkingSession): Promise<JournalRights> {
  const s = ident(journal.schema)
  const { rows } = await client.query<JournalRights>(
    `SELECT has_table_privilege($1, 'INSERT') AND has_table_privilege($1, 'UPDATE') AND has_table_privilege($2, 'INSERT') AS journal,
       CASE WHEN to_regclass($3) IS NULL THEN 'absent'
         WHEN has_table_privilege($3, 'SELECT') AND has_table_privilege($3, 'UPDATE') THEN 'ready' ELSE 'denied' END AS lease`,
    [journal.stepTable, `${s}.run`, `${s}.lease`],
  )
  return rows[0] ?? { journal: false, lease: 'denied' }
}
