import { Console } from 'node:console'
import { CommanderError } from 'commander'
import type { CommonFlags } from './context.js'
import { buildProgram } from './program.js'

const LAST_OUTPUT_MS = 1_000
const FLUSHED_AT_ONCE = new Set(['commander.helpDisplayed', 'commander.help', 'commander.version'])

/** Runs the command line and says the exit code. */
async function main(args: string[], stop: AbortSignal): Promise<number> {
  // What a migration prints must not stand in the one document.
  if (args.includes('--json')) globalThis.console = new Console(process.stderr)
  let flags: CommonFlags = { json: args.includes('--json'), verbose: args.includes('--verbose') }
  let code = 0
  const program = buildProgram(async (verb, given, names) => {
    flags = given
    const { runCommand } = await import('./commands.js')
    code = await runCommand(verb, given, names, stop)
  }, args[0])
  try {
    if (args.length === 0) return await (await import('./commands.js')).runNothing(program)
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError && FLUSHED_AT_ONCE.has(error.code)) return error.exitCode
    const { tellFailure, tellMisuse } = await import('./commands.js')
    return error instanceof CommanderError ? tellMisuse(error, program, args, flags) : tellFailure(error, flags)
  }
}

// The first signal ends the running step; the second ends the process at once.
function listenForSignals(): AbortSignal {
  const controller = new AbortController()
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(code)
      controller.abort(signal)
    })
  }
  return controller.signal
}

// The reader of a pipe went away (`godwit up | head -1`): what runs goes on to its end all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
const stop = listenForSignals()
process.exitCode = await main(process.argv.slice(2), stop)
// A function that was stopped and not waited for may keep the process alive for ever.
if (stop.aborted) setTimeout(() => process.exit(), LAST_OUTPUT_MS).unref()
