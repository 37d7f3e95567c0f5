import { confirm, text } from '@clack/prompts'
import type { ConsentQuestion } from '../project/production.js'
import { answerOf } from './answer.js'
import type { Output } from './output.js'

/**
 * Names what goes and asks; for production the database's name must be typed.
 *
 * @throws GodwitError GODWIT_INTERRUPTED, GODWIT_TERMINATED
 */
export async function askConsent(
  output: Output,
  { action, database, goes, mustType }: ConsentQuestion,
  signal: AbortSignal,
): Promise<boolean> {
  output.say(`${action} of '${database}' takes:`)
  for (const line of goes) output.say(`  ${line}`)
  const unanswered = { hint: 'Nothing was changed.' }
  if (mustType === undefined)
    return answerOf(await confirm({ message: 'Go on?', initialValue: false, signal }), signal, unanswered)
  const message = `This is a production database. Type its name (${mustType}) to go on:`
  return answerOf(await text({ message, signal }), signal, unanswered) === mustType
}
