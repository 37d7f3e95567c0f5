import type { CommanderError, Command as Program } from 'commander'
import { type Command, CommandContext, type CommonFlags } from './context.js'
import { Output } from './output.js'
import { asGodwitError, errorDocument, renderError } from './render/error.js'
import { toUsageError } from './usage-errors.js'

/** What is behind the command line; built as a file of its own, because the help is there sooner without it. */
const commands = {
  init: async () => (await import('./commands/init.js')).init,
  status: async () => (await import('./commands/status.js')).status,
  plan: async () => (await import('./commands/plan.js')).plan,
  up: async () => (await import('./commands/up.js')).up,
  down: async () => (await import('./commands/down.js')).down,
  redo: async () => (await import('./commands/redo.js')).redo,
  reset: async () => (await import('./commands/reset.js')).reset,
  seed: async () => (await import('./commands/seed.js')).seed,
  create: async () => (await import('./commands/create.js')).create,
  generate: async () => (await import('./commands/generate.js')).generate,
  dev: async () => (await import('./commands/dev.js')).dev,
  pull: async () => (await import('./commands/pull.js')).pull,
  validate: async () => (await import('./commands/validate.js')).validate,
  format: async () => (await import('./commands/format.js')).format,
  resolve: async () => (await import('./commands/resolve.js')).resolve,
  unlock: async () => (await import('./commands/unlock.js')).unlock,
  'check-idempotent': async () => (await import('./commands/check-idempotent.js')).checkIdempotent,
  verify: async () => (await import('./commands/verify.js')).verify,
  lint: async () => (await import('./commands/lint.js')).lint,
  log: async () => (await import('./commands/log.js')).log,
  backup: async () => (await import('./commands/backup.js')).backup,
  restore: async () => (await import('./commands/restore.js')).restore,
  db: async () => (await import('./commands/db.js')).db,
  protect: async () => (await import('./commands/protect.js')).protect,
} satisfies Record<string, () => Promise<Command<never>>>

export type Verb = keyof typeof commands

/** Runs one command, whose module is loaded only now, and says the exit code. */
export async function runCommand(verb: Verb, flags: CommonFlags, names: string[], stop: AbortSignal): Promise<number> {
  const run = (await commands[verb]()) as Command
  return run(new CommandContext(flags, stop), ...names)
}

/** Tells what went wrong and says the exit code. */
export function tellFailure(error: unknown, flags: CommonFlags): number {
  const told = asGodwitError(error)
  const output = new Output(flags)
  if (output.json) output.document({ error: errorDocument(told) })
  else renderError(output, told)
  return told.exitCode
}

/** Tells what is wrong with the command line itself and says the exit code. */
export function tellMisuse(error: CommanderError, program: Program, args: string[], flags: CommonFlags): number {
  return tellFailure(toUsageError(error, program, args), flags)
}

/** `godwit` alone. */
export async function runNothing(program: Program): Promise<number> {
  const { nothing } = await import('./commands/nothing.js')
  return nothing(program)
}
