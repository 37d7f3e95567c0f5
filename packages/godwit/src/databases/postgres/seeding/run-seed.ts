import { GodwitError } from '../../../errors.js'
import { literal } from '../../../sql/quote.js'
import { messageOf } from '../../left.js'
import { addCounts, noCounts } from '../../seed-counts.js'
import type { NotedRows, SeedCounts, SeedIdentity, Seeding } from '../../seeding.js'
import { LOCAL_OWN_ROLE, LOCK_REQUIRED } from '../clean.js'
import { checkLockHeld } from '../lock/session-lock.js'
import { MessageFailure } from '../message.js'
import { begin } from '../opening.js'
import type { Part } from '../parts.js'
import { ending, sendEnding } from '../tail.js'
import type { WorkingSession } from '../working-session.js'
import { checkAtEnd } from './check-at-end.js'
import { findRows } from './find-rows.js'
import { FunctionWatch } from './function-watch.js'
import { recordSeed } from './history.js'
import { keyLines } from './key-lines.js'
import { KeyRecords } from './key-records.js'
import { seedTables } from './table.js'
import { upsertRows } from './upsert.js'
import type { SeedWork } from './work.js'

/**
 * Runs one seed in one transaction, with its records. What fails leaves nothing but a note that it did; a seed of rows that changes
 * nothing is rolled back.
 *
 * @param recorded the tables of records are there
 */
export async function runSeed(
  session: WorkingSession,
  identity: SeedIdentity,
  recorded: boolean,
  work: (seeding: Seeding) => Promise<void>,
): Promise<SeedCounts> {
  const { connection } = session
  const started = performance.now()
  await begin(session, { name: identity.name, file: undefined })
  const watch =
    identity.kind === 'rows' ? undefined : new FunctionWatch(session, identity, literal(session.journal.schema))
  const counts = noCounts()
  const at = startWork(session, identity, recorded)
  // Who works on the session by himself may have set another role.
  if (watch !== undefined) at.keys.keep()
  try {
    await work(seedingOf(at, counts))
    if (watch !== undefined) await endOfFunction(session, watch)
    await checkAtEnd(at, watch !== undefined)
    const changed =
      counts.inserted + counts.updated > 0 || identity.kind === 'script' || (await watch?.writes()) === true
    watch?.stop()
    if (watch === undefined && !changed) await connection.send('ROLLBACK')
    else await commit(at, counts, recorded && changed, watch !== undefined)
    return counts
  } catch (thrown) {
    await connection.settled()
    const error = watch?.fault ?? thrown
    watch?.stop()
    if (connection.lost === undefined) {
      await connection.send('ROLLBACK')
      if (recorded) await noteFailed(session, identity, performance.now() - started)
    }
    throw error
  }
}

function startWork(session: WorkingSession, identity: SeedIdentity, recorded: boolean): SeedWork {
  let stages = 0
  return {
    session,
    identity,
    keys: new KeyRecords(session, identity.name, recorded),
    nextStage: () => `godwit_seed_${++stages}`,
    unchecked: [],
  }
}

function seedingOf(at: SeedWork, counts: SeedCounts): Seeding {
  const { session } = at
  return {
    driver: { kind: 'table', client: session.client },
    find: async (place, where, columns) => {
      await at.pause?.()
      return findRows(session, place, where, columns)
    },
    upsert: async (upsert) => {
      const put = await upsertRows(at, upsert)
      addCounts(counts, put)
      return put
    },
    note: async (rows) => {
      const { inserted = [], updated = [], unchanged = 0, kept = 0 } = rows
      addCounts(counts, { inserted: inserted.length, updated: updated.length, unchanged, kept })
      await noteKeys(at, rows)
    },
  }
}

async function noteKeys({ session, keys }: SeedWork, { place, key, inserted = [] }: NotedRows): Promise<void> {
  if (inserted.length === 0) return
  const table = (await seedTables(session.client, [place])).get(place)
  if (table !== undefined) await keys.add(table, key, [keyLines(table, key, inserted)])
}

async function endOfFunction({ connection }: WorkingSession, watch: FunctionWatch): Promise<void> {
  await connection.settled()
  if (connection.lost !== undefined) throw connection.lost
  if (watch.fault !== undefined) throw watch.fault
  if (connection.transactionStatus === 'E') throw new Error('a query failed, and the seed went on without saying so')
}

async function commit(at: SeedWork, counts: SeedCounts, recorded: boolean, dirty: boolean): Promise<void> {
  const { session, identity, keys } = at
  const { connection } = session
  if (dirty) await connection.send(LOCAL_OWN_ROLE.join(';\n'))
  await keys.write()
  const record = recordSeed(session, identity, { outcome: 'done', ...counts, startedAt: 'now()' })
  const parts: Part[] = [
    ...(dirty && !session.pooled ? [{ text: LOCK_REQUIRED, lock: true }] : []),
    ...(recorded ? [{ text: record }] : []),
    ...ending(session, { dirty }),
  ]
  try {
    const { lastRow } = await sendEnding(session, parts)
    if (dirty) await checkLockHeld(session, lastRow)
  } catch (error) {
    const { name } = identity
    if (connection.lost !== undefined)
      throw new GodwitError('GODWIT_OUTCOME_UNKNOWN', { name, reason: messageOf(error) }, { cause: error })
    if (error instanceof MessageFailure && parts[error.completed]?.lock)
      throw new GodwitError('GODWIT_LOCK_FREED', { name }, { left: 'nothing', cause: error })
    throw error
  }
}

// It must not hide the failure itself.
async function noteFailed(session: WorkingSession, identity: SeedIdentity, ms: number): Promise<void> {
  const startedAt = `clock_timestamp() - interval '${ms.toFixed(0)} ms'`
  await session.connection.send(recordSeed(session, identity, { outcome: 'failed', startedAt })).catch(() => {})
}
