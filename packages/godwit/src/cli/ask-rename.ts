import { isCancel, select } from '@clack/prompts'
import { GodwitError } from '../errors.js'
import type { Rename } from '../formats/contract.js'

/**
 * Asks whether what is gone and what is new are one.
 *
 * @throws GODWIT_INTERRUPTED on Ctrl-C
 */
export async function askRename({ from, to }: Rename): Promise<boolean> {
  const answer = await select<boolean>({
    message: `${from} is gone and ${to} is new.`,
    options: [
      { value: true, label: 'Renamed', hint: 'the data stays' },
      { value: false, label: 'Two different things', hint: `${from} goes with its data` },
    ],
  })
  if (isCancel(answer)) throw new GodwitError('GODWIT_INTERRUPTED', {}, { hint: 'Nothing was written.' })
  return answer
}
