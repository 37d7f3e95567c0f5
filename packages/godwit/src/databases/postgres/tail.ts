import type { LoadedStep } from '../contract.js'
import { CLEANING_WITHIN, cleaning, LOCK_REQUIRED, OWN_ROLE } from './clean.js'
import type { JournalEntry, StatementMark } from './journal.js'
import { MessageFailure, type MessageResult } from './message.js'
import { fence } from './opening.js'
import { compose, type Part } from './parts.js'
import { isUnprepared } from './prepared.js'
import { recordStep, type WorkingSession } from './working-session.js'

/** What is known of a step when it is recorded. */
export interface StepEnd {
  mode: string
  /** The statements' marks; of a large script the first ones only. */
  statements: readonly StatementMark[]
  /** How many statements there are in all. */
  count: number
  /** SQL expression; the default is the transaction's own start. */
  startedAt?: string
  /** The migration's statements may have changed the session (rule 19). */
  dirty: boolean
  /** The open journal row that this step ends; absent: a new row is written. */
  openId?: string
  /** In its last transaction nothing was asked yet (rule 3). */
  unasked?: boolean
}

/** The statements that record a step; they belong in the transaction of its last statement. */
export function recording(session: WorkingSession, step: LoadedStep, end: StepEnd): Part[] {
  const startedAt = end.startedAt ?? 'now()'
  const record = { name: step.name, file: step.file, statements: end.count, startedAt }
  const parts: Part[] = [{ text: recordStep(session, step.direction, record) }]
  // The records are written by the role that runs, and only while its lock keeps other runners out (rule 19).
  if (end.unasked) parts.unshift(...fence(session))
  if (end.dirty && !session.pooled) parts.unshift({ text: LOCK_REQUIRED, lock: true })
  if (end.dirty) parts.unshift(...OWN_ROLE.map((text) => ({ text })))
  if (session.journaled) {
    parts.push({
      journal: true,
      text:
        end.openId === undefined
          ? session.journal.insert(session.run, entryOf(step, end, 'done'), startedAt, end.count)
          : session.journal.finish(end.openId, end.count),
    })
  }
  return parts
}

/**
 * Gives up what the server refused of our own records, so that they can be sent again without it: prepared statements that are gone,
 * else the journal, whose failure never fails a migration (rule 32).
 *
 * @returns false when it was something else that was refused
 */
export function goesOnWithout(session: WorkingSession, part: Part | undefined, failure: MessageFailure): boolean {
  if (isUnprepared(part, failure.cause)) {
    session.prepared = false
    return true
  }
  if (!part?.journal) return false
  session.journaled = false
  session.options.warn(`The journal cannot be written (${failure.message}); this run goes on without it.`)
  return true
}

/**
 * Notes a step that failed and was rolled back as a whole: in the journal, and in the history of a format that keeps
 * such rows. What cannot be noted does not hide the failure itself; nothing is noted where somebody else is at work by then,
 * whose own row of the migration it would speak against.
 */
export async function noteRolledBack(
  session: WorkingSession,
  step: LoadedStep,
  end: Pick<StepEnd, 'mode' | 'statements'>,
  message: string,
): Promise<void> {
  const { connection, journal, journaled, table, history, run } = session
  // In one transaction both rows get the same start, by which the journal proves the rollback later (rule 17).
  const notes: string[] = []
  if (journaled) notes.push(journal.insert(run, entryOf(step, end, 'failed', message)))
  if (step.direction === 'up' && table.recordFailure !== undefined) {
    const record = { name: step.name, file: step.file, statements: 0, startedAt: 'now()' }
    notes.push(table.recordFailure(history, record, message))
  }
  await connection.send(compose([...texts(OWN_ROLE), ...fence(session), ...texts(notes)])).catch(() => {})
}

/** Commits, and leaves the session as the next migration must find it. */
export function ending(session: WorkingSession, end: Pick<StepEnd, 'dirty'>): Part[] {
  if (!end.dirty) return [{ text: 'COMMIT' }]
  if (session.pooled) return texts([...CLEANING_WITHIN, 'COMMIT'])
  return [{ text: 'COMMIT' }, ...cleaning(session.settings).map((text) => ({ text, behind: true }))]
}

/**
 * Sends what may end with the cleaning of the session. What fails in there, as when a stop comes just then, is behind the
 * COMMIT: the step is done, and the cleaning is made once more. A session that cannot be cleaned is given up; what became
 * of the step is then read from the history.
 *
 * @param sent the answer to the parts, when they are on their way already
 * @throws MessageFailure
 */
export async function sendEnding(
  session: WorkingSession,
  parts: readonly Part[],
  sent?: Promise<MessageResult>,
): Promise<MessageResult> {
  const { connection } = session
  // Cleaning takes what is prepared away, too. To have it again is not worth a message that may fail.
  if (parts.at(-1)?.behind) session.prepared = false
  try {
    return await (sent ?? connection.send(compose(parts)))
  } catch (error) {
    const done = error instanceof MessageFailure && parts[error.completed]?.behind
    if (!done || connection.lost !== undefined) throw error
  }
  try {
    return await connection.send(compose(parts.filter((part) => part.behind)))
  } catch (error) {
    connection.giveUp(error as Error)
    throw error
  }
}

function texts(of: readonly string[]): Part[] {
  return of.map((text) => ({ text }))
}

/** A journal row for a step. */
export function entryOf(
  step: LoadedStep,
  end: Pick<StepEnd, 'mode' | 'statements'>,
  outcome: JournalEntry['outcome'],
  error?: string,
): JournalEntry {
  return {
    name: step.name,
    direction: step.direction,
    outcome,
    hash: step.file.hash,
    mode: end.mode,
    statements: end.statements,
    ...(error === undefined ? {} : { error }),
  }
}
