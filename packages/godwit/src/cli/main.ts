import { CommanderError } from 'commander'
import { CommandContext, type CommonFlags } from './context.js'
import { Output } from './output.js'
import { buildProgram } from './program.js'
import { toUsageError } from './usage-errors.js'

const FLUSHED_AT_ONCE = new Set(['commander.helpDisplayed', 'commander.help', 'commander.version'])

/** Runs the command line and says the exit code. */
async function main(args: string[]): Promise<number> {
  const stop = listenForSignals()
  let flags: CommonFlags = { json: args.includes('--json'), verbose: args.includes('--verbose') }
  let code = 0
  const program = buildProgram(async (load, given, names) => {
    flags = given
    const run = await load()
    code = await run(new CommandContext(given, stop), ...names)
  })
  try {
    if (args.length === 0) return await (await import('./commands/nothing.js')).nothing(program)
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError && FLUSHED_AT_ONCE.has(error.code)) return error.exitCode
    const { asGodwitError, errorDocument, renderError } = await import('./render/error.js')
    const told = error instanceof CommanderError ? toUsageError(error, program, args) : asGodwitError(error)
    const output = new Output(flags)
    if (output.json) output.document({ error: errorDocument(told) })
    else renderError(output, told)
    return told.exitCode
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

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe went away (`godwit status | head`): that is no failure.
  if (error.code === 'EPIPE') process.exit(0)
})
process.exitCode = await main(process.argv.slice(2))
