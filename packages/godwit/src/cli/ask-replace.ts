import { confirm } from '@clack/prompts'
import type { MayReplace } from '../formats/contract.js'
import { answerOf } from './answer.js'

/**
 * Asks whether models that say something already are written anew from the database.
 *
 * @throws GODWIT_INTERRUPTED, GODWIT_TERMINATED
 */
export async function askReplace({ files, lost }: Parameters<MayReplace>[0], signal: AbortSignal): Promise<boolean> {
  const losing = lost.length === 0 ? '' : ` This would be lost: ${lost.join(', ')}.`
  const message = `The database says something else than ${files.join(', ')}. Write the models anew?${losing}`
  const answer = await confirm({ message, initialValue: false, signal })
  return answerOf(answer, signal, { hint: 'Nothing was written.' })
}
