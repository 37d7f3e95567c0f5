import { literal } from '../../sql/quote.js'
import type { LoadedStep } from '../contract.js'
import type { Part } from './parts.js'
import type { StepEnd } from './tail.js'
import type { WorkingSession } from './working-session.js'

/** What the server says of a prepared statement that is not there. */
const UNKNOWN = '26000'

/**
 * What the server is asked to parse and plan once a session, instead of once a step: the question for the lease, and the entry of
 * a step that is one transaction. A pooler's session keeps nothing.
 */
export function preparations({ journal, journaled, lease, fence, run, pooled }: WorkingSession): string[] {
  if (pooled || run === null) return []
  const asked = fence === null ? [] : [`PREPARE godwit_fence (bigint) AS ${lease.fence('$1')}`]
  const noted = `PREPARE godwit_done (bigint, text, text, text, jsonb, integer) AS ${journal.insertDone()}`
  return journaled ? [...asked, noted] : asked
}

/** Prepares them, and gives the session that has them; where they cannot be had, everything is sent as it is. */
export async function prepared(session: WorkingSession): Promise<WorkingSession> {
  // The session of a former run, as that of a redo: it has them still.
  if (session.prepared) return session
  const statements = preparations(session)
  if (statements.length === 0) return session
  try {
    await session.connection.send(statements.join(';\n'))
  } catch (error) {
    if (session.connection.lost !== undefined) throw error
    return session
  }
  return { ...session, prepared: true }
}

/** The same parts, with what is prepared by its name. */
export function byName(session: WorkingSession, step: LoadedStep, end: StepEnd, parts: readonly Part[]): Part[] {
  if (!session.prepared) return [...parts]
  const { name, direction, file } = step
  const entry = [
    session.run,
    literal(name),
    literal(direction),
    literal(file.hash),
    literal(JSON.stringify(end.statements)),
    end.count,
  ]
  return parts.map((part) => {
    if (part.fence) return { ...part, text: `EXECUTE godwit_fence (${session.fence})`, prepared: true }
    return part.journal ? { ...part, text: `EXECUTE godwit_done (${entry.join(', ')})`, prepared: true } : part
  })
}

/** Whether a part failed because the session has its prepared statements no longer. */
export function isUnprepared(part: Part | undefined, cause: Error): boolean {
  return part?.prepared === true && (cause as { code?: string }).code === UNKNOWN
}
