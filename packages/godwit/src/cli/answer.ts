import { isCancel } from '@clack/prompts'
import { GodwitError } from '../errors.js'

/**
 * The answer to a question, which is shown with the same `signal`.
 *
 * @param hint what is said where there is none
 * @throws GODWIT_INTERRUPTED on Ctrl-C, which is a key on a terminal that a question has taken over; GODWIT_TERMINATED
 */
export function answerOf<T>(answer: T, signal: AbortSignal, hint: string): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>
  const code = signal.reason === 'SIGTERM' ? 'GODWIT_TERMINATED' : 'GODWIT_INTERRUPTED'
  throw new GodwitError(code, {}, { hint })
}
