import { confirm, isCancel, text } from '@clack/prompts'
import type { ConsentQuestion } from '../project/production.js'
import type { Output } from './output.js'

/** Names what goes and asks; for production the database's name must be typed. */
export async function askConsent(
  output: Output,
  { action, database, goes, mustType }: ConsentQuestion,
): Promise<boolean> {
  output.say(`${action} of '${database}' takes:`)
  for (const line of goes) output.say(`  ${line}`)
  if (mustType === undefined) {
    const answer = await confirm({ message: 'Go on?', initialValue: false })
    return !isCancel(answer) && answer
  }
  const answer = await text({ message: `This is a production database. Type its name (${mustType}) to go on:` })
  return !isCancel(answer) && answer === mustType
}
