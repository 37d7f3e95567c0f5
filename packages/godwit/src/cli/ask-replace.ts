import { confirm, isCancel } from '@clack/prompts'
import { GodwitError } from '../errors.js'
import type { MayReplace } from '../formats/contract.js'

/**
 * Asks whether models that say something already are written anew from the database.
 *
 * @throws GODWIT_INTERRUPTED on Ctrl-C
 */
export const askReplace: MayReplace = async ({ files, lost }) => {
  const losing = lost.length === 0 ? '' : ` This would be lost: ${lost.join(', ')}.`
  const message = `The database says something else than ${files.join(', ')}. Write the models anew?${losing}`
  const answer = await confirm({ message, initialValue: false })
  if (isCancel(answer)) throw new GodwitError('GODWIT_INTERRUPTED', {}, { hint: 'Nothing was written.' })
  return answer
}
