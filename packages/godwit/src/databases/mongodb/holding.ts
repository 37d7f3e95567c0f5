import type { ClientSession } from 'mongodb'
import { type Left, leaseLost, type NamedStep } from '../left.js'
import { holdLease } from './lease.js'
import type { MongoSession } from './session.js'

/** Asks for the lease. @throws GodwitError GODWIT_LEASE_LOST */
export async function mustHold(
  session: Pick<MongoSession, 'records' | 'fence'>,
  step: NamedStep,
  left: Left,
): Promise<void> {
  const { records, fence } = session
  if (fence === null || !(await holdLease(records, fence, step.name))) throw leaseLost(step, left)
}

/**
 * Makes a transaction depend on the lease: a write, not a question, so that whoever takes the lease meanwhile makes it fail.
 *
 * @throws GodwitError GODWIT_LEASE_LOST
 */
export async function holdFence(
  { records, fence }: Pick<MongoSession, 'records' | 'fence'>,
  step: NamedStep,
  transaction: ClientSession,
): Promise<void> {
  const { matchedCount } = await records.settings.updateOne(
    { _id: 'fence', value: fence },
    { $set: { at: step.name } },
    { session: transaction },
  )
  if (matchedCount === 0) throw leaseLost(step, 'undone')
}

/** Commits. The driver tries it again by itself once; what is unknown behind that is thrown. */
export async function commit(transaction: ClientSession): Promise<void> {
  try {
    await transaction.commitTransaction()
  } catch (error) {
    if (Object(error).hasErrorLabel?.('UnknownTransactionCommitResult') !== true) throw error
    await transaction.commitTransaction()
  }
}
