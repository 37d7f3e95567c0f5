import type { Command, CommanderError } from 'commander'
import { nearestTo } from '../engine/find-name.js'
import { GodwitError } from '../errors.js'

/** What commander found wrong with the command line, as one of our errors with the nearest word that is right. */
export function toUsageError(error: CommanderError, program: Command, args: readonly string[]): GodwitError {
  const word = /'([^']+)'/.exec(error.message)?.[1] ?? ''
  const verb = program.commands.find((each) => args.some((arg) => arg === each.name() || each.aliases().includes(arg)))
  const command = verb?.name() ?? ''
  switch (error.code) {
    case 'commander.unknownCommand':
      return unknownCommand(program, word)
    case 'commander.excessArguments':
      return verb === undefined
        ? unknownCommand(program, args.find((arg) => !arg.startsWith('-')) ?? '')
        : new GodwitError('GODWIT_USAGE', { command, reason: 'too many arguments' })
    case 'commander.unknownOption': {
      const known = (verb ?? program).options.flatMap((option) => option.long ?? [])
      return new GodwitError('GODWIT_UNKNOWN_FLAG', { flag: word, command, nearest: nearestTo(word, known) })
    }
    default:
      return new GodwitError('GODWIT_USAGE', { command, reason: error.message.replace(/^error: /, '') })
  }
}

function unknownCommand(program: Command, word: string): GodwitError {
  const known = program.commands.flatMap((each) => [each.name(), ...each.aliases()])
  return new GodwitError('GODWIT_UNKNOWN_COMMAND', { command: word, nearest: nearestTo(word, known) })
}
