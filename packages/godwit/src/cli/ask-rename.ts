import { select } from '@clack/prompts'
import type { Rename } from '../formats/contract.js'
import { answerOf } from './answer.js'

/**
 * Asks whether what is gone and what is new are one.
 *
 * @throws GODWIT_INTERRUPTED, GODWIT_TERMINATED
 */
export async function askRename({ from, to }: Rename, signal: AbortSignal): Promise<boolean> {
  const answer = await select<boolean>({
    message: `${from} is gone and ${to} is new.`,
    options: [
      { value: true, label: 'Renamed', hint: 'the data stays' },
      { value: false, label: 'Two different things', hint: `${from} goes with its data` },
    ],
    signal,
  })
  return answerOf(answer, signal, { hint: 'Nothing was written.' })
}
