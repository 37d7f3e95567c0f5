import { maskSecrets } from '../../sql/mask.js'
import type { LoadedStep } from '../contract.js'
import { messageOf } from '../left.js'
import { OpenStepRow } from './open-step.js'
import { noteRolledBack } from './tail.js'
import type { WorkingSession } from './working-session.js'

/** Notes a function's failure: as rolled back, or, with a part left, as an open step that blocks the next run. */
export async function noteFailure(
  session: WorkingSession,
  step: LoadedStep,
  left: 'nothing' | 'part',
  message: string,
): Promise<void> {
  if (left === 'nothing') return noteRolledBack(session, step, { mode: 'one', statements: [] }, maskSecrets(message))
  if (!session.journaled) return
  try {
    const row = await OpenStepRow.write(session, step, 'own')
    await row.failed(message, 'part')
  } catch (error) {
    // It must not hide the failure itself.
    if (session.connection.lost !== undefined) throw error
    session.options.warn(`The failure of ${step.name} cannot be noted (${messageOf(error)}).`)
  }
}

/** The connection was lost behind a COMMIT of the migration's own: a part of it is done, whatever the history says. */
export class LostBehindCommit extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause })
  }
}

/** What is said of a function that swallowed the error of a query: nothing of its transaction can be committed. */
export const SWALLOWED = 'a query failed, and the migration went on without saying so'

/** What is said of a function whose own ROLLBACK, or COMMIT behind an error, left nothing. */
export const ROLLED_BACK = 'its transaction was rolled back, and the migration went on without saying so'
