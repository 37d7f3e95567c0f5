import { CommanderError } from 'commander'
import { buildProgram } from '../../src/cli/program.js'
import { toUsageError } from '../../src/cli/usage-errors.js'

/** What the real command line says against these words; undefined: it would run them. Nothing is run. */
export async function refusalOf(words: string[]): Promise<string | undefined> {
  const program = buildProgram(async () => {}, words[0])
  for (const each of [program, ...program.commands]) each.configureOutput({ writeOut: () => {} })
  try {
    if (words.length > 0) await program.parseAsync(words, { from: 'user' })
    return undefined
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (['commander.helpDisplayed', 'commander.help', 'commander.version'].includes(error.code)) return undefined
    return toUsageError(error, program, words).message
  }
}
