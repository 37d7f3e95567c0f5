import type { Document } from 'mongodb'
import type { HistoryRow, Look, OpenStep } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import type { HistoryCollection } from '../../formats/contract.js'
import { messageOf } from '../left.js'
import { historyOf, type RunDocument, type StepDocument } from './records.js'
import type { MongoSession } from './session.js'

const UNAUTHORIZED = 13
/** A history may be older than the journal by the clock of another host. */
const CLOCK_SKEW_MS = 60_000

/**
 * Reads everything a run needs to know: history, what the journal says of it, the production mark. Read-only, without a
 * lock (rule 7).
 *
 * @throws GodwitError GODWIT_HISTORY_SHAPE, GODWIT_PERMISSION
 */
export async function lookAt(session: MongoSession): Promise<Look> {
  const { db } = session.connection
  const { history } = session
  const [documents, journal, names] = await Promise.all([
    historyOf(db, history.name)
      .find({}, { sort: { _id: 1 } })
      .toArray()
      .catch((error: unknown) => {
        throw unreadable(error, history.name)
      }),
    readJournal(session),
    db.listCollections({ name: history.name }, { nameOnly: true }).toArray(),
  ])
  const { steps, runs, production, state } = journal
  const last = lastStates(steps)
  const rows = documents.flatMap((document) => toRow(document, history, last, runs))
  return {
    rows: oneEach(rows.sort(byTime)),
    open: steps.filter((step) => step.outcome === 'open' && isLast(step, last)).map(toOpenStep),
    passed: steps.filter((step) => step.outcome === 'passed' && isLast(step, last)).map((step) => step.name),
    // Not every server filters.
    historyExists: names.some(({ name }) => name === history.name),
    journal: state,
    production,
  }
}

interface JournalRead {
  /** About this history, oldest first. */
  steps: StepDocument[]
  runs: Map<number, RunDocument>
  production: boolean
  state: Look['journal']
}

async function readJournal({ records, history }: MongoSession): Promise<JournalRead> {
  try {
    const [steps, runs, mark] = await Promise.all([
      records.steps.find({ history: history.name }, { sort: { _id: 1 } }).toArray(),
      records.runs.find({}, { projection: { osUser: 1, host: 1 } }).toArray(),
      records.settings.findOne({ _id: 'production' }),
    ])
    const state = runs.length === 0 && steps.length === 0 ? 'absent' : 'ready'
    return { steps, runs: new Map(runs.map((run) => [run._id, run])), production: mark?.value === true, state }
  } catch (error) {
    if ((error as { code?: number }).code !== UNAUTHORIZED) throw error
    return { steps: [], runs: new Map(), production: false, state: 'denied' }
  }
}

/** By name: the last entry that says something of its state, and the last that knows its content. */
interface LastState {
  state: StepDocument
  content?: StepDocument
}

function lastStates(steps: readonly StepDocument[]): Map<string, LastState> {
  const last = new Map<string, LastState>()
  for (const step of steps) {
    if (step.outcome === 'failed' || step.outcome === 'resumed') continue
    const content = knowsContent(step) ? step : last.get(step.name)?.content
    last.set(step.name, { state: step, ...(content === undefined ? {} : { content }) })
  }
  return last
}

function knowsContent({ direction, outcome, hash }: StepDocument): boolean {
  return direction === 'up' && hash !== null && ['done', 'adopted', 'settled'].includes(outcome)
}

function isLast(step: StepDocument, last: Map<string, LastState>): boolean {
  return last.get(step.name)?.state === step
}

function toRow(
  document: Document,
  history: HistoryCollection,
  last: Map<string, LastState>,
  runs: Map<number, RunDocument>,
): HistoryRow[] {
  let read: ReturnType<HistoryCollection['read']>
  try {
    read = history.read(document)
  } catch (error) {
    const reason = messageOf(error)
    throw new GodwitError('GODWIT_HISTORY_SHAPE', { table: history.name, reason }, { cause: error })
  }
  if (read === undefined) return []
  const { name, appliedAt, checksum, block } = read
  const content = last.get(name)?.content
  // The journal speaks of a document only when it saw that very application: another tool may have undone and repeated it.
  const known =
    content !== undefined &&
    (appliedAt === null ||
      content.finishedAt === null ||
      appliedAt.getTime() <= content.finishedAt.getTime() + CLOCK_SKEW_MS)
      ? content
      : undefined
  const run = known?.run === undefined ? undefined : runs.get(known.run)
  const ran = known?.outcome === 'done' && known.finishedAt !== null
  return [
    {
      name,
      appliedAt: appliedAt ?? known?.finishedAt ?? null,
      outcome: 'applied',
      checksum,
      ...(block === undefined ? {} : { block }),
      hash: known?.hash ?? null,
      by: run === undefined ? null : `${run.osUser}@${run.host}`,
      durationMs: ran ? (known.finishedAt as Date).getTime() - known.startedAt.getTime() : null,
    },
  ]
}

function toOpenStep(step: StepDocument): OpenStep {
  const { name, direction, error, startedAt, mode, hash, ended } = step
  const again = mode === 'idempotent' ? { checkpoint: { mode, hash, statements: [] } } : {}
  return { name, direction, done: 0, error, startedAt, ...(ended ? { ended } : {}), ...again }
}

// migrate-mongo runs a changed file again and adds a document: the last one counts.
function oneEach(rows: readonly HistoryRow[]): HistoryRow[] {
  const last = new Map<string, HistoryRow>()
  for (const row of rows) {
    last.delete(row.name)
    last.set(row.name, row)
  }
  return [...last.values()]
}

// In the order of application; equal times, or none, leave the order of the documents.
function byTime(a: HistoryRow, b: HistoryRow): number {
  return (a.appliedAt?.getTime() ?? 0) - (b.appliedAt?.getTime() ?? 0)
}

function unreadable(error: unknown, name: string): unknown {
  const { code, message } = error as { code?: number; message?: string }
  if (code !== UNAUTHORIZED) return error
  return new GodwitError('GODWIT_PERMISSION', { what: `reading ${name}`, reason: String(message) }, { cause: error })
}
