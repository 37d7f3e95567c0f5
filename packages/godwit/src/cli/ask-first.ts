import { select } from '@clack/prompts'
import type { Beginnings } from '../project/beginnings.js'
import { answerOf } from './answer.js'

/**
 * Asks what the first migration is made from; `undefined`: there is to be none yet.
 *
 * @throws GODWIT_DECLINED, GODWIT_TERMINATED
 */
export async function askFirst(
  { models, database }: Beginnings,
  signal: AbortSignal,
): Promise<'models' | 'database' | undefined> {
  const answer = await select<'models' | 'database' | 'none'>({
    message: 'There are no migrations yet. Write the first one?',
    options: [
      ...(database === null
        ? []
        : [
            {
              value: 'database' as const,
              label: `From the database ${database.name}`,
              hint: `it holds ${database.tables === 1 ? '1 table' : `${database.tables} tables`} and no history; recorded as applied`,
            },
          ]),
      ...(models ? [{ value: 'models' as const, label: 'From the models', hint: 'to be applied with godwit up' }] : []),
      { value: 'none', label: 'Not now' },
    ],
    signal,
  })
  const chosen = answerOf(answer, signal, { declines: 'init', hint: 'Nothing was written.' })
  return chosen === 'none' ? undefined : chosen
}
