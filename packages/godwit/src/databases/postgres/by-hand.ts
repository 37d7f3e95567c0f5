import type { MigrationFile } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import { ident } from '../../sql/quote.js'
import type { Settlement } from '../contract.js'
import { makeJournal } from './make-journal.js'
import { begin } from './opening.js'
import { rightLacking } from './server-errors.js'
import type { WorkingSession } from './working-session.js'

/** Notes migrations in the journal that this run does not run: their content is a base from now on, or they were passed by. */
export async function noteOutside(
  { journal, journaled, run, connection }: WorkingSession,
  entries: readonly { name: string; hash: string | null }[],
  outcome: 'adopted' | 'passed',
): Promise<void> {
  if (!journaled || entries.length === 0) return
  const rows = entries.map((entry) =>
    journal.insert(run, { ...entry, direction: 'up', outcome, mode: null, statements: [] }),
  )
  await connection.send(rows.join(';\n'))
}

/**
 * Records in history and journal what a migration counts as from now on.
 *
 * @param recorded the history says `applied` already: settling it as applied accepts the content as it is now
 */
export async function settle(
  session: WorkingSession,
  { name, file }: { name: string; file: MigrationFile | undefined },
  as: Settlement,
  recorded: boolean,
): Promise<void> {
  const { connection, table, history, journal, journaled, run } = session
  const record = { name, file, statements: 0, startedAt: 'now()' }
  const texts: string[] = []
  if (as === 'rolled-back') texts.push(table.resolveRolledBack(history, record))
  else if (!recorded) texts.push(table.resolveApplied(history, record))
  else if (table.acceptContent !== undefined) texts.push(table.acceptContent(history, record))
  if (journaled) {
    const direction = as === 'applied' ? 'up' : 'down'
    const hash = file?.hash ?? null
    texts.push(
      journal.closeOpen(name, 'settled'),
      journal.insert(run, { name, direction, outcome: 'settled', hash, mode: null, statements: [] }),
    )
  }
  await begin(session, { name, file })
  await connection.send([...texts, 'COMMIT'].join(';\n'))
}

/**
 * Marks the database as production, or takes the mark away. A schema that a DBA made is used as it is, also by a role that
 * could not have made it.
 *
 * @throws GodwitError GODWIT_PERMISSION
 */
export async function markProduction(session: WorkingSession, ready: boolean, on: boolean): Promise<void> {
  const { journal, connection } = session
  const what = `the production mark in schema '${journal.schema}'`
  const reason = 'CREATE on the database is needed, or what godwit init --print-sql prints'
  if (!ready && (await makeJournal(session)) !== 'ready') throw new GodwitError('GODWIT_PERMISSION', { what, reason })
  try {
    // Who may destroy data here must be able to read the mark, whatever else of the journal is closed.
    const s = ident(journal.schema)
    const readable = on ? [`GRANT USAGE ON SCHEMA ${s} TO PUBLIC`, `GRANT SELECT ON ${s}.setting TO PUBLIC`] : []
    await connection.send([...readable, journal.setProduction(on)].join(';\n'))
  } catch (error) {
    throw connection.lost === undefined ? rightLacking(what, error) : error
  }
}
