import type { GodwitError } from '../../../errors.js'
import type { StepOptions } from '../../contract.js'

/** What one attempt at a step is told. */
export interface AttemptOptions extends StepOptions {
  /**
   * Asked about a failure before it is noted in journal and history. True: the step is tried again, so that the failure leaves
   * no row; `note` is called all the same when that does not come about.
   */
  triedAgain?: (failed: GodwitError, note: () => Promise<void>) => boolean
}

/** Notes a failure, unless the step is tried again. */
export async function noteUnlessTriedAgain(
  options: AttemptOptions,
  failed: GodwitError,
  note: () => Promise<void>,
): Promise<void> {
  if (!options.triedAgain?.(failed, note)) await note()
}
