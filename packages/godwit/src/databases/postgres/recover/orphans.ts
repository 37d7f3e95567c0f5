import { setTimeout as sleep } from 'node:timers/promises'
import { GodwitError } from '../../../errors.js'
import { literal } from '../../../sql/quote.js'
import type { StepOptions } from '../../contract.js'
import { MessageFailure } from '../message.js'
import type { WorkingSession } from '../working-session.js'
import { ask } from './ask.js'

const POLL_MS = 250
const END_WITHIN_MS = 10_000

interface Orphan {
  pid: number
  application: string
}

/**
 * Waits for sessions that are still at the very statement that is about to be looked up, and ends them when the time is
 * up: a second build beside the first would deadlock with it.
 *
 * @param indexes oids of what the statement may be building
 * @throws GodwitError GODWIT_LOCKED when they can neither be waited for nor ended
 */
export async function outlastOrphans(
  session: WorkingSession,
  statement: string,
  indexes: readonly number[],
  options: StepOptions,
): Promise<void> {
  const find = () => orphansOf(session, statement, indexes)
  const [first] = await find()
  if (first === undefined) return
  const started = performance.now()
  const waitMs = options.waitMs ?? 0
  const tell = (message: string) => options.onEvent({ type: 'recovery', message })
  tell(`${named(first)} is still at it and is waited for`)
  if (await gone(find, waitMs, options.signal)) return
  // A stop ends the waiting, and nobody else's work.
  if (options.signal?.aborted) throw lockedBy(first, started)
  for (const { pid } of await find()) {
    tell(`backend ${pid} is ended: it was waited for long enough`)
    await end(session, pid)
  }
  if (await gone(find, END_WITHIN_MS, options.signal)) return
  throw lockedBy(first, started)
}

function lockedBy(orphan: Orphan, since: number): GodwitError {
  return new GodwitError('GODWIT_LOCKED', { holder: named(orphan), waitedMs: performance.now() - since })
}

// What other roles run is hidden from a role that the migration has set.
function orphansOf({ connection }: WorkingSession, statement: string, indexes: readonly number[]): Promise<Orphan[]> {
  const building = indexes.length === 0 ? 'false' : `p.index_relid IN (${indexes.join(', ')})`
  return ask(
    connection,
    `SELECT a.pid, a.application_name AS application FROM pg_catalog.pg_stat_activity AS a
     LEFT JOIN pg_catalog.pg_stat_progress_create_index AS p ON p.pid = a.pid
     WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.state = 'active'
       AND a.leader_pid IS NULL AND (${building} OR a.query <> '' AND starts_with(${literal(statement)}, a.query))`,
    'own',
  )
}

async function gone(find: () => Promise<Orphan[]>, withinMs: number, signal?: AbortSignal): Promise<boolean> {
  const until = performance.now() + withinMs
  while (performance.now() < until && !signal?.aborted) {
    await sleep(POLL_MS)
    if ((await find()).length === 0) return true
  }
  return false
}

async function end({ connection }: WorkingSession, pid: number): Promise<void> {
  try {
    await ask(connection, `SELECT pg_terminate_backend(${pid}) AS ended`, 'own')
  } catch (error) {
    // Another role's session: it is waited for, and named when it does not end.
    if (!(error instanceof MessageFailure) || connection.lost !== undefined) throw error
  }
}

function named({ pid, application }: Orphan): string {
  return `backend ${pid}${application === '' ? '' : ` (${application})`}`
}
