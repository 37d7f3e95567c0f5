import type { MigrationFile } from '../../engine/migration.js'
import type { Settlement } from '../contract.js'
import { historyOf } from './records.js'
import { close } from './run-function.js'
import { entryOf, type MongoSession } from './session.js'

/** Notes migrations in the journal that this run does not run: their content is a base from now on, or they were passed by. */
export async function noteOutside(
  session: MongoSession,
  entries: readonly { name: string; hash: string | null }[],
  outcome: 'adopted' | 'passed',
): Promise<void> {
  if (entries.length === 0) return
  const documents = entries.map((entry) => entryOf(session, { ...entry, direction: 'up', outcome, mode: null }))
  await session.records.steps.insertMany(documents)
}

/** Records in history and journal what a migration counts as from now on. */
export async function settle(
  session: MongoSession,
  name: string,
  file: MigrationFile | undefined,
  as: Settlement,
  recorded: boolean,
): Promise<void> {
  const { history, connection, run, records } = session
  const documents = historyOf(connection.db, history.name)
  const at = new Date()
  if (as === 'rolled-back') await documents.deleteMany(history.find(name))
  else {
    const document = history.record({ name, file, at, runAt: run?.at ?? at })
    // One that is there keeps its time, and takes the content as the right one where the format keeps a checksum.
    if (!recorded) await documents.insertOne(document)
    else if ('fileHash' in document)
      await documents.updateMany(history.find(name), { $set: { fileHash: document.fileHash } })
  }
  await close(session, { name }, 'settled')
  const direction = as === 'applied' ? 'up' : 'down'
  await records.steps.insertOne(
    entryOf(session, { name, direction, outcome: 'settled', hash: file?.hash ?? null, mode: null }),
  )
}
