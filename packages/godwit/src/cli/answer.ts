import { isCancel } from '@clack/prompts'
import { stopCode } from '../engine/stop.js'
import { GodwitError } from '../errors.js'

/** What it means that somebody gave no answer. */
interface Unanswered {
  hint: string
  /** What Ctrl-C declines; absent: it ends the command as a signal would. */
  declines?: string
}

/**
 * The answer to a question, which is shown with the same `signal`. On a terminal that a question has taken over Ctrl-C is a key.
 *
 * @throws GODWIT_DECLINED, GODWIT_INTERRUPTED, GODWIT_TERMINATED
 */
export function answerOf<T>(answer: T, signal: AbortSignal, { hint, declines }: Unanswered): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>
  if (declines !== undefined && !signal.aborted) throw new GodwitError('GODWIT_DECLINED', { action: declines })
  throw new GodwitError(stopCode(signal), {}, { hint })
}
