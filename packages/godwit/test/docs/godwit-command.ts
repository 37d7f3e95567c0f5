import { CommanderError } from 'commander'
import { buildProgram } from '../../src/cli/program.js'
import { toUsageError } from '../../src/cli/usage-errors.js'

/** Verbs that end with GODWIT_NAME_NEEDED where nobody can be asked for a name. */
const named = ['create', 'generate', 'dev', 'resolve']

/** {@link refusalOf}, of what people are to type as it stands: with the name that it wants. */
export async function typedRefusal(words: string[]): Promise<string | undefined> {
  const [verb = '', ...rest] = words
  const asksNone = ['--check', '--help'].some((flag) => rest.includes(flag))
  const first = rest[0] ?? ''
  if (named.includes(verb) && !asksNone && (first === '' || (first.startsWith('-') && first !== '-n'))) {
    return `godwit ${verb} needs a name`
  }
  return refusalOf(words)
}

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
