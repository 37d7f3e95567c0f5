import { hostname } from 'node:os'
import { GodwitError } from '../../errors.js'
import type { RunIdentity } from '../contract.js'
import { OUT_OF_GRACE } from '../grace.js'
import { userName } from '../lease/owner.js'
import { leaseLost } from '../left.js'
import { holdLease } from './lease.js'
import type { MongoSession } from './session.js'

/**
 * Opens a run in the journal, under the number of the lease.
 *
 * @returns false: the lease was held since the history was read
 * @throws GodwitError GODWIT_LEASE_LOST
 */
export async function beginRun(session: MongoSession, { command, version }: RunIdentity): Promise<boolean> {
  const { records, fence } = session
  if (fence === null) throw new GodwitError('GODWIT_BUG', { what: 'a run without a lease' })
  if (!(await holdLease(records, fence, null)))
    throw leaseLost({ name: 'the start of the run', file: undefined }, 'undone')
  session.entries = 0
  session.run = { id: fence, at: new Date() }
  await records.runs.insertOne({
    _id: fence,
    command,
    version,
    host: hostname(),
    osUser: userName(),
    pid: process.pid,
    startedAt: session.run.at,
    finishedAt: null,
    outcome: null,
  })
  return false
}

/** Says of one that was stopped, and of the step that was at work, how it ended. */
export async function noteStop(session: Pick<MongoSession, 'records' | 'run'>): Promise<void> {
  const { records, run } = session
  if (run === null) return
  await records.steps.updateMany({ run: run.id, outcome: 'open' }, { $set: { error: OUT_OF_GRACE } })
  await endRun(session, 'failed')
}

/** Ends it. */
export async function endRun(
  { records, run }: Pick<MongoSession, 'records' | 'run'>,
  outcome: 'done' | 'failed',
): Promise<void> {
  if (run === null) return
  await records.runs.updateOne({ _id: run.id }, { $set: { outcome, finishedAt: new Date() } })
}
