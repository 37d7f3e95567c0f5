import { hostname } from 'node:os'
import type { Look } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import { ident } from '../../sql/quote.js'
import type { RunIdentity } from '../contract.js'
import { userName } from '../lease/owner.js'
import type { RunnerLock } from './lock/runner-lock.js'
import { type JournalRights, journalRights, makeJournal } from './make-journal.js'
import { rightLacking } from './server-errors.js'
import type { WorkingSession } from './working-session.js'

const POOLED_PEER =
  "The connection goes through a transaction pooler, which cannot hold the lock of the format's own tool between migrations: do not run that tool at the same time."

/** A run that was opened. */
export interface OpenedRun {
  session: WorkingSession
  /** Another runner was waited for: what was read before is out of date. */
  waited: boolean
}

/**
 * Makes the journal where it is absent, takes the lease and opens the run's journal row. Without a lease there is still the
 * session's lock; a pooler's session has none.
 *
 * @throws GodwitError GODWIT_LOCKED, GODWIT_POOLER_NEEDS_JOURNAL
 */
export async function openRun(
  session: WorkingSession,
  lock: RunnerLock,
  look: Look,
  identity: RunIdentity,
): Promise<OpenedRun> {
  const { journal, connection, pooled, options } = session
  const rights = await rightsFor(session, look)
  const journaled = rights.journal
  if (!journaled)
    options.warn(
      `No right to keep a journal in schema '${journal.schema}': runs are not recorded there. What a DBA can run: godwit init --print-sql`,
    )
  const leased = journaled && rights.lease === 'ready' && !connection.embedded
  if (pooled && !leased) throw new GodwitError('GODWIT_POOLER_NEEDS_JOURNAL', { schema: journal.schema })
  if (pooled && options.peerLocks.length > 0) options.warn(POOLED_PEER)
  if (leased) {
    const { run, waited } = await lock.takeLease(connection, identity)
    return { session: { ...session, journaled, run, fence: lock.fence }, waited }
  }
  return { session: { ...session, journaled, run: journaled ? await bareRun(session, identity) : null }, waited: false }
}

// A schema of a version before there was a lease is completed.
async function rightsFor(session: WorkingSession, look: Look): Promise<JournalRights> {
  if (look.journal === 'denied') return { journal: false, lease: 'denied' }
  const rights: JournalRights =
    look.journal === 'ready' ? await journalRights(session) : { journal: false, lease: 'absent' }
  if (rights.lease !== 'absent') return rights
  return (await makeJournal(session)) === 'ready' ? { journal: true, lease: 'ready' } : { ...rights, lease: 'denied' }
}

async function bareRun({ journal, connection }: WorkingSession, identity: RunIdentity): Promise<string | null> {
  const who = { ...identity, host: hostname(), osUser: userName(), pid: process.pid }
  return (await connection.send(journal.beginRun(who))).lastRow[0] ?? null
}

/**
 * Makes the format's history table.
 *
 * @throws GodwitError GODWIT_PERMISSION
 */
export async function makeHistory({ table, history, connection }: WorkingSession): Promise<void> {
  try {
    if (table.createSchema && table.schema !== null)
      await connection.send(`CREATE SCHEMA IF NOT EXISTS ${ident(table.schema)}`)
    await connection.send(table.create(history))
  } catch (error) {
    throw rightLacking(`creating the history table ${history}`, error)
  }
}
