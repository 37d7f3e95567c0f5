import { GodwitError } from '../../errors.js'
import { messageOf } from '../left.js'
import { recordNames } from './records.js'
import type { MongoSession } from './session.js'

/** What {@link dropEverything} would drop: every collection and view but Godwit's own and the server's. */
export async function listDroppable(session: MongoSession): Promise<string[]> {
  const { connection, options } = session
  const own = new Set(recordNames(options.schema))
  const found = await connection.db.listCollections({}, { nameOnly: true }).toArray()
  return found
    .filter(({ name }) => !own.has(name) && !name.startsWith('system.'))
    .map(({ name, type }) => `${type ?? 'collection'} ${name}`)
    .sort()
}

/**
 * Drops what was listed, one by one, and forgets what the journal knows of this history. There is no transaction around
 * it: what it has come to is told.
 *
 * @throws GodwitError GODWIT_DROP_HALFWAY
 */
export async function dropEverything(session: MongoSession, listed: readonly string[]): Promise<void> {
  const { connection, records, history } = session
  const wanted = new Set(listed)
  const dropped: string[] = []
  await records.steps.deleteMany({ history: history.name })
  for (const each of await listDroppable(session)) {
    if (!wanted.has(each)) continue
    try {
      await connection.db.dropCollection(each.slice(each.indexOf(' ') + 1))
    } catch (error) {
      const reason = messageOf(error)
      throw new GodwitError('GODWIT_DROP_HALFWAY', { at: each, reason, dropped }, { cause: error })
    }
    dropped.push(each)
  }
}
