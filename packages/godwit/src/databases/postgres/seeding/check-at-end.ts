import { byDetail } from './by-detail.js'
import type { PgError } from './row-errors.js'
import type { SeedWork } from './work.js'

/**
 * Checks at the end of a seed what its tables let wait until then, so that what fails can still be told of its row.
 *
 * @param always what was written is not known
 * @throws GodwitError GODWIT_SEED_ROW, or what the server says
 */
export async function checkAtEnd(work: SeedWork, always: boolean): Promise<void> {
  const { connection, client } = work.session
  if (work.unchecked.length === 0 && !always) return
  await connection.send('SAVEPOINT godwit_end')
  try {
    await client.query('SET CONSTRAINTS ALL IMMEDIATE')
  } catch (error) {
    if (connection.lost !== undefined) throw error
    await connection.send('ROLLBACK TO SAVEPOINT godwit_end')
    for (const each of work.unchecked) {
      const told = await byDetail(work, each, error as PgError)
      if (told !== undefined) throw told
    }
    throw error
  }
}
