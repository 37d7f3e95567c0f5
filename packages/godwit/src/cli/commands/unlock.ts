import type { LockHolder } from '../../databases/contract.js'
import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { printHeader } from '../render/run.js'
import { duration } from '../render/words.js'

interface Flags extends CommonFlags {
  force?: string
}

/** `godwit unlock`: who holds the lock; takes it from a holder that is not heard of any more, or from the one named. */
export async function unlock(context: CommandContext<Flags>): Promise<number> {
  const { flags, output } = context
  const project = await openProject(context.projectOptions())
  await printHeader(context, project)
  const { holder, released } = flags.dryRun
    ? { holder: await project.lockHolder(), released: false }
    : await project.unlock(flags.force)
  output.document({ holder, released })
  if (holder === null) output.say('Nobody holds the lock.')
  else output.say(`${released ? 'Taken from' : 'Held by'} ${inWords(holder)}.`)
  if (released) output.say('What it had under way is rolled back. Go on with: godwit up')
  return 0
}

function inWords({ owner, command, seconds, at, pooled, expired }: LockHolder): string {
  return [
    `${owner} (${command})`,
    `for ${duration(seconds * 1000)}`,
    ...(at === null ? [] : [`at ${at}`]),
    ...(pooled ? ['through a pooler'] : []),
    ...(expired ? ['not heard of any more'] : []),
  ].join(', ')
}
