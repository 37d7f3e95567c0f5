import { confirm, isCancel, text } from '@clack/prompts'
import { GodwitError } from '../errors.js'
import type { ConsentQuestion } from '../project/production.js'
import type { Output } from './output.js'

/**
 * Names what goes and asks; for production the database's name must be typed.
 *
 * @throws GodwitError GODWIT_INTERRUPTED on Ctrl-C
 */
export async function askConsent(
  output: Output,
  { action, database, goes, mustType }: ConsentQuestion,
): Promise<boolean> {
  output.say(`${action} of '${database}' takes:`)
  for (const line of goes) output.say(`  ${line}`)
  if (mustType === undefined) {
    const answer = await confirm({ message: 'Go on?', initialValue: false })
    return uncancelled(answer)
  }
  const answer = await text({ message: `This is a production database. Type its name (${mustType}) to go on:` })
  return uncancelled(answer) === mustType
}

// On a terminal that a question has taken over Ctrl-C is a key and no signal.
function uncancelled<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new GodwitError('GODWIT_INTERRUPTED', {}, { hint: 'Nothing was changed.' })
  return answer as Exclude<T, symbol>
}
