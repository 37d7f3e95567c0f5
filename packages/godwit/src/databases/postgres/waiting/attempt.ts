import type { GodwitError } from '../../../errors.js'
import type { StepOptions } from '../../contract.js'
import type { OpenStepRow } from '../open-step.js'

/** What one attempt at a step is told. */
export interface AttemptOptions extends StepOptions {
  /**
   * Asked about a failure before it is noted in journal and history. True: the step is tried again, so that the failure leaves
   * no row; `note` is called all the same when that does not come about.
   *
   * @param untouched nothing is left of what failed: of the whole step, or of its last statement where it can be gone on with
   */
  triedAgain?: (failed: GodwitError, note: () => Promise<void>, untouched: boolean) => boolean
  /** What one attempt leaves to the next. */
  carried?: {
    /** The open row of a step outside of one transaction, and at which statement this run began it. */
    open?: { row: OpenStepRow; from: number }
  }
}

/** Notes a failure, unless the step is tried again. */
export async function noteUnlessTriedAgain(
  options: AttemptOptions,
  failed: GodwitError,
  note: () => Promise<void>,
  untouched = failed.details.left === 'nothing',
): Promise<void> {
  if (!options.triedAgain?.(failed, note, untouched)) await note()
}
