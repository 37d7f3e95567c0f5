import { select } from '@clack/prompts'
import { describeChoice, type InitChoice } from '../project/init-choice.js'
import { answerOf } from './answer.js'

/**
 * Asks which of several projects is meant, or what to start with where there is none.
 *
 * @throws GODWIT_DECLINED, GODWIT_TERMINATED
 */
export async function askProject(
  choices: readonly InitChoice[],
  signal: AbortSignal,
): Promise<{ choice: InitChoice; database?: string }> {
  const sql: InitChoice = { format: 'sql', migrations: 'migrations' }
  const options =
    choices.length > 0
      ? choices.map((choice) => ({ label: describeChoice(choice), value: { choice } }))
      : [
          {
            label: 'SQL files, on the embedded database: no server needed',
            value: { choice: sql, database: 'embedded' },
          },
          {
            label: 'SQL files, on a PostgreSQL that DATABASE_URL names',
            value: { choice: sql, database: 'DATABASE_URL' },
          },
        ]
  const message = choices.length > 0 ? 'Which one is it?' : 'Nothing is here yet. Start with:'
  const answer = await select<{ choice: InitChoice; database?: string }>({ message, options, signal })
  return answerOf(answer, signal, { declines: 'init', hint: 'Nothing was written.' })
}
