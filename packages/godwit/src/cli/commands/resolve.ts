import { GodwitError } from '../../errors.js'
import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'

interface Flags extends CommonFlags {
  name?: string
  applied?: boolean
  rolledBack?: boolean
}

/** `godwit resolve <name> --applied|--rolled-back`: settles one migration by hand; nothing of it is run. */
export async function resolve(context: CommandContext<Flags>, argument?: string): Promise<number> {
  const { flags, output } = context
  const name = argument ?? flags.name
  if (name === undefined) throw new GodwitError('GODWIT_NAME_NEEDED', { command: 'resolve' })
  if (flags.applied === flags.rolledBack) throw new GodwitError('GODWIT_RESOLVE_HOW', { name })
  const project = await openProject(context.projectOptions())
  const as = flags.applied ? 'applied' : 'rolled-back'
  const settled = flags.dryRun ? { name, as } : await project.resolve(name, as)
  output.document(settled)
  output.say(
    `${settled.name} ${flags.dryRun ? 'would now count' : 'now counts'} as ${as === 'applied' ? 'applied' : 'not applied'}. Nothing of it was run.`,
  )
  return 0
}
