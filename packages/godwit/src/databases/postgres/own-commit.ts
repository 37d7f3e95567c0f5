import type { LoadedStep } from '../contract.js'
import { LOCAL_OWN_ROLE } from './clean.js'
import { fence } from './opening.js'
import { entryOf } from './tail.js'
import type { WorkingSession } from './working-session.js'

/**
 * Notes, as soon as a function has committed by itself, that it began: killed from then on it is failed, not pending. It is
 * one message, which goes ahead of what the function sends next; one that fails fails nothing (rule 32).
 *
 * @returns the journal row's id
 */
export async function noteOwnCommit(session: WorkingSession, step: LoadedStep): Promise<string | undefined> {
  const { journal, journaled, run, connection } = session
  if (!journaled) return undefined
  const entry = entryOf(step, { mode: 'own', statements: [] }, 'open')
  const asked = fence(session).map((part) => part.text)
  const texts = [...LOCAL_OWN_ROLE, ...asked, `${journal.insert(run, entry)} RETURNING id`]
  try {
    return (await connection.send(texts.join(';\n'))).lastRow[0] ?? undefined
  } catch {
    return undefined
  }
}
