import type { HistoryCollection } from '../../formats/contract.js'
import type { OpenOptions, ServerFacts } from '../contract.js'
import type { Connection } from './connection.js'
import type { Records, StepDocument } from './records.js'

/** Everything that running a step needs. */
export interface MongoSession {
  connection: Connection
  server: ServerFacts
  options: OpenOptions
  history: HistoryCollection
  records: Records
  /** The number of our lease; `null` without one. */
  fence: number | null
  /** Another runner took the lease, and our client was closed for it. */
  lost?: boolean
  /** The run's number and when it began; `null` before there is one. */
  run: { id: number; at: Date } | null
  /** How many entries of the run were written. */
  entries: number
}

const ENTRIES_A_RUN = 100_000

/** The number of the run's next entry: it grows over all runs. */
export function nextEntry(session: MongoSession): number {
  return (session.run?.id ?? 0) * ENTRIES_A_RUN + session.entries++
}

/** An entry of the journal. */
export function entryOf(
  session: MongoSession,
  step: Pick<StepDocument, 'name' | 'direction' | 'outcome' | 'hash' | 'mode'> & Partial<StepDocument>,
): StepDocument {
  const now = new Date()
  const ended = step.outcome === 'open' ? null : now
  return {
    _id: nextEntry(session),
    run: session.run?.id ?? 0,
    history: session.history.name,
    error: null,
    startedAt: now,
    finishedAt: ended,
    ...step,
  }
}
