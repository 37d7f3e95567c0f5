import type { ClientSession } from 'mongodb'
import { GodwitError } from '../../errors.js'
import type { Body } from '../../formats/contract.js'
import { placeOfError } from '../../loading/call-site.js'
import type { LoadedStep, StepOptions, StepOutcome } from '../contract.js'
import { OUT_OF_GRACE, untilStopped } from '../grace.js'
import { leaseLost, messageOf, wayOut } from '../left.js'
import { isNetworkError, withoutPassword } from './connection-errors.js'
import { commit, holdFence, mustHold } from './holding.js'
import { historyOf, type StepDocument } from './records.js'
import { serverOf } from './server-errors.js'
import { entryOf, type MongoSession } from './session.js'

type DocumentsBody = Extract<Body, { kind: 'documents' }>

/**
 * Runs a function and records it. In a transaction with its history where it takes part in one; else the journal marks the
 * start first, so that one that died is seen as failed (rule 37).
 *
 * @throws GodwitError GODWIT_STATEMENT_FAILED, GODWIT_LEASE_LOST, GODWIT_CONNECTION_LOST, GODWIT_NO_TRANSACTIONS
 */
export async function runFunction(
  session: MongoSession,
  step: LoadedStep,
  body: DocumentsBody,
  options: StepOptions,
): Promise<StepOutcome> {
  const started = performance.now()
  await mustHold(session, step, 'undone')
  // A run that is stopped gives its lease back at once: nothing is begun behind that.
  if (options.signal?.aborted) throw failed(session, step, new Error(OUT_OF_GRACE), 'one')
  if (body.transaction) await inTransaction(session, step, body, options)
  else await outside(session, step, body, options)
  return { statements: 0, durationMs: performance.now() - started }
}

async function outside(
  session: MongoSession,
  step: LoadedStep,
  body: DocumentsBody,
  options: StepOptions,
): Promise<void> {
  const { records } = session
  const mode = body.idempotent ? 'idempotent' : 'none'
  const entry = entryOf(session, { ...contentOf(step), outcome: 'open', mode })
  await records.steps.insertOne(entry)
  // Behind the new entry: between the two it must not look as if nothing was begun.
  if (step.resume !== undefined) await close(session, step, 'resumed', entry._id)
  try {
    await call(session, body, undefined, options)
  } catch (error) {
    if (!isNetworkError(error)) await note(session, entry, error)
    throw failed(session, step, error, mode)
  }
  try {
    await records.steps.updateOne({ _id: entry._id }, { $set: { ended: true } })
    await mustHold(session, step, 'kept')
    await record(session, step)
    await records.steps.updateOne({ _id: entry._id }, { $set: { outcome: 'done', finishedAt: new Date() } })
  } catch (error) {
    throw isNetworkError(error) ? outcomeUnknown(session, step, error) : failed(session, step, error, mode)
  }
}

async function inTransaction(
  session: MongoSession,
  step: LoadedStep,
  body: DocumentsBody,
  options: StepOptions,
): Promise<void> {
  const { connection, records } = session
  const entry = entryOf(session, { ...contentOf(step), outcome: 'done', mode: 'one' })
  const transaction = connection.client.startSession()
  let [atWork, committing] = [false, false]
  try {
    transaction.startTransaction({ writeConcern: { w: 'majority' } })
    atWork = true
    await call(session, body, transaction, options)
    if (!transaction.inTransaction()) throw new Error('it ended the transaction that it was given')
    atWork = false
    // A write, not a question: whoever takes the lease meanwhile makes it fail, and so the whole of it.
    await holdFence(session, step, transaction)
    await record(session, step, transaction)
    await records.steps.insertOne({ ...entry, finishedAt: new Date() }, { session: transaction })
    committing = true
    await commit(transaction)
  } catch (error) {
    if (atWork && isOutOfHand(transaction)) {
      // Something of it may be there for good: not to be begun again without a word.
      const open = { ...entry, outcome: 'open', mode: 'none', finishedAt: null } as const
      await records.steps.insertOne({ ...open, error: saidBy(session, error) }).catch(() => {})
      throw failed(session, step, error, 'none')
    }
    if (transaction.inTransaction()) await transaction.abortTransaction().catch(() => {})
    if (error instanceof GodwitError) throw error
    // A client that is closed meanwhile, by a signal or for a lost lease, puts no label on what it throws.
    const labelled = Object(error).hasErrorLabel?.('UnknownTransactionCommitResult') === true
    const unknown = labelled || (committing && isNetworkError(error))
    if (!unknown && !isNetworkError(error)) await noteUndone(session, entry, error)
    throw unknown ? outcomeUnknown(session, step, error) : failed(session, step, error, 'one')
  } finally {
    await transaction.endSession().catch(() => {})
  }
}

// The function ended it, and not by taking it back.
function isOutOfHand(transaction: ClientSession): boolean {
  const { state } = Object((transaction as { transaction?: unknown }).transaction) as { state?: string }
  return !transaction.inTransaction() && state !== 'TRANSACTION_ABORTED'
}

async function call(
  { connection }: MongoSession,
  body: DocumentsBody,
  session: ClientSession | undefined,
  { onEvent, signal }: StepOptions,
): Promise<void> {
  const { client, db, place } = connection
  const log = (message: string) => onEvent({ type: 'log', message: String(message) })
  await untilStopped(signal, () => body.run({ client, db, session, log, url: place.url }))
  // Its client was closed meanwhile: that it ended well does not say that all of it arrived.
  if (signal?.aborted) throw new Error(OUT_OF_GRACE)
}

async function record(session: MongoSession, step: LoadedStep, transaction?: ClientSession): Promise<void> {
  const { connection, history, run } = session
  const documents = historyOf(connection.db, history.name)
  const options = transaction === undefined ? {} : { session: transaction }
  if (step.direction === 'down') {
    await documents.deleteMany(history.find(step.name), options)
    return
  }
  const at = new Date()
  const document = history.record({ name: step.name, file: step.file, at, runAt: run?.at ?? at })
  await documents.insertOne(document, options)
}

/** Closes entries of a migration that were left open. @param below only those of smaller numbers */
export async function close(
  { records, history }: MongoSession,
  { name }: { name: string },
  outcome: StepDocument['outcome'],
  below = Number.POSITIVE_INFINITY,
): Promise<void> {
  await records.steps.updateMany(
    { history: history.name, name, outcome: 'open', _id: { $lt: below } },
    { $set: { outcome, finishedAt: new Date() } },
  )
}

// It stays open: what it did before it failed is there.
async function note(session: MongoSession, entry: StepDocument, error: unknown): Promise<void> {
  const said = saidBy(session, error)
  await session.records.steps.updateOne({ _id: entry._id }, { $set: { error: said } }).catch(() => {})
}

async function noteUndone(session: MongoSession, entry: StepDocument, error: unknown): Promise<void> {
  await session.records.steps
    .insertOne({ ...entry, outcome: 'failed', error: saidBy(session, error), finishedAt: new Date() })
    .catch(() => {})
}

function contentOf(step: LoadedStep): Pick<StepDocument, 'name' | 'direction' | 'hash'> {
  return { name: step.name, direction: step.direction, hash: step.file.hash }
}

function failed(
  { connection, lost }: MongoSession,
  step: LoadedStep,
  error: unknown,
  mode: NonNullable<StepDocument['mode']>,
): GodwitError {
  if (error instanceof GodwitError) return error
  const left = mode === 'one' ? 'nothing' : 'part'
  const message = withoutPassword(messageOf(error), connection.place.url)
  const details = { cause: error, left, file: step.file.file } as const
  const again = mode === 'idempotent' ? { hint: `It says that it may be run again: godwit ${step.direction}` } : {}
  if (isNetworkError(error) && lost) return leaseLost(step, mode === 'one' ? 'undone' : 'kept', error)
  if (isNetworkError(error))
    return new GodwitError(
      'GODWIT_CONNECTION_LOST',
      { name: step.name, reason: message, left },
      { ...details, ...again },
    )
  const place = placeOfError(error, step.file.file)
  const part = `${step.name} worked outside of a transaction: what it did before it failed is still there.`
  return new GodwitError(
    'GODWIT_STATEMENT_FAILED',
    { name: step.name, message },
    {
      ...details,
      ...(place === undefined ? {} : { line: place.line, column: place.column }),
      ...serverOf(error, connection.place.url),
      state: [left === 'nothing' ? `${step.name} was undone, nothing of it is left.` : part],
      hint: wayOut(step, left === 'nothing' ? 'undone' : 'kept'),
      ...again,
    },
  )
}

function outcomeUnknown({ connection, lost }: MongoSession, step: LoadedStep, error: unknown): GodwitError {
  if (lost) return leaseLost(step, 'unknown', error)
  const reason = withoutPassword(messageOf(error), connection.place.url)
  return new GodwitError(
    'GODWIT_OUTCOME_UNKNOWN',
    { name: step.name, reason },
    { cause: error, left: 'unknown', file: step.file.file },
  )
}

function saidBy({ connection }: MongoSession, error: unknown): string {
  return withoutPassword(messageOf(error), connection.place.url)
}
