import { ident } from '../../../sql/quote.js'
import type { WorkingSession } from '../working-session.js'
import { recordSeed } from './history.js'

/** An entry of the history for each seed whose rows were cleared, with how many. */
export async function recordCleared(session: WorkingSession, bySeed: ReadonlyMap<string, number>): Promise<void> {
  const { client, connection, journal } = session
  const { rows } = await client.query<{ name: string; hash: string; environment: string }>(
    `SELECT DISTINCT ON (name) name, hash, environment FROM ${ident(journal.schema)}.seed WHERE history = $2 AND name = ANY ($1) ORDER BY name, id DESC`,
    [[...bySeed.keys()], session.journal.history],
  )
  for (const [name, deleted] of bySeed) {
    const last = rows.find((row) => row.name === name)
    const { hash = '', environment = '' } = last ?? {}
    await connection.send(
      recordSeed(session, { name, hash, environment }, { outcome: 'cleared', deleted, startedAt: 'now()' }),
    )
  }
}
