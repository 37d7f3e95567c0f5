import { setTimeout as sleep } from 'node:timers/promises'
import { GodwitError, isGodwitError } from '../../errors.js'
import type { LoadedStep, LockOptions, StepOutcome } from '../contract.js'
import { Connection } from './connection.js'
import type { ConnectionSettings } from './connection-settings.js'
import type { RunnerLock } from './lock/runner-lock.js'
import { lookAt } from './look.js'
import { LostBehindCommit, noteFailure } from './note-failure.js'
import type { WorkingSession } from './working-session.js'

const RECONNECT_FOR_MS = 30_000
const PAUSE_MS = 500

/**
 * Finds out what became of a step whose connection was lost: connects again, takes the lock (which is free only when
 * the server is done with the lost session's last message, rule 1) and reads the history back (rule 14).
 *
 * @returns the outcome with the new connection, when the step had been committed
 * @throws GodwitError GODWIT_CONNECTION_LOST: undone or part done; GODWIT_OUTCOME_UNKNOWN: the server did not come back
 */
export async function outcomeAfterLoss(
  settings: ConnectionSettings,
  session: WorkingSession,
  step: LoadedStep,
  lock: RunnerLock,
  cause: unknown,
): Promise<{ outcome: StepOutcome; connection: Connection }> {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const connection = await reconnect(settings, session, step, { reason, cause, signal: lock.waiting.signal })
  let mine = false
  try {
    await takeLocksAgain(connection, step, lock, reason)
    mine = true
    const { look } = await lookAt(connection.client, session.table, session.options.schema)
    const applied = look.rows.some((row) => row.name === step.name && row.outcome === 'applied')
    if (applied === (step.direction === 'up')) {
      if (!session.pooled) await connection.send(session.settings.join(';\n'))
      return { outcome: { statements: 0, durationMs: 0, stale: true }, connection }
    }
    const open = look.open.find((each) => each.name === step.name)
    const committed = cause instanceof LostBehindCommit
    if (committed && open === undefined) {
      const now = { ...session, connection, client: connection.client, fence: lock.fence }
      await noteFailure(now, step, 'part', reason).catch(() => {})
    }
    const part = committed || open !== undefined
    const on = `It goes on behind what is done: godwit ${step.direction}`
    throw new GodwitError(
      'GODWIT_CONNECTION_LOST',
      { name: step.name, reason, left: part ? 'part' : 'nothing' },
      {
        cause,
        left: part ? 'part' : 'nothing',
        file: step.file.file,
        ...(open?.checkpoint === undefined ? {} : { hint: on }),
        ...(step.direction === 'up' || part ? {} : { hint: 'Go on with: godwit down' }),
      },
    )
  } catch (error) {
    // The run ends here: nobody need wait for its lease to run out, unless what was lost may still be at work under it.
    if (mine) await lock.giveBack(connection)
    else await lock.abandon()
    await connection.close()
    throw error
  }
}

// Another runner may have taken over and be long at it: as patient as at the beginning, and no less than for a server.
async function takeLocksAgain(
  connection: Connection,
  { name, file }: LoadedStep,
  lock: RunnerLock,
  reason: string,
): Promise<void> {
  let holder = 'another runner'
  const waiting: LockOptions = {
    ...lock.waiting,
    waitMs: Math.max(RECONNECT_FOR_MS, lock.waiting.waitMs),
    onWait: (who, waitedMs) => {
      holder = who
      lock.waiting.onWait(who, waitedMs)
    },
  }
  try {
    await lock.retake(connection, waiting)
  } catch (error) {
    if (!isGodwitError(error) || error.code !== 'GODWIT_LOCKED') throw error
    const told = { cause: error, left: 'unknown', file: file.file } as const
    throw new GodwitError('GODWIT_OUTCOME_UNKNOWN', { name, reason, locked: true, holder }, told)
  }
}

async function reconnect(
  settings: ConnectionSettings,
  session: WorkingSession,
  step: LoadedStep,
  { reason, cause, signal }: { reason: string; cause: unknown; signal: AbortSignal | undefined },
): Promise<Connection> {
  const until = performance.now() + RECONNECT_FOR_MS
  while (settings.stream === undefined) {
    try {
      return await Connection.open(settings, session.options.projectDir)
    } catch {
      if (performance.now() > until || signal?.aborted) break
      await sleep(PAUSE_MS)
    }
  }
  throw new GodwitError(
    'GODWIT_OUTCOME_UNKNOWN',
    { name: step.name, reason },
    { cause, left: 'unknown', file: step.file.file },
  )
}
