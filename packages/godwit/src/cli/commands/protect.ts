import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { printHeader } from '../render/run.js'

interface Flags extends CommonFlags {
  off?: boolean
  confirm?: string
}

/** `godwit protect`: marks this database as production, in the database; `--off` wants its name typed. */
export async function protect(context: CommandContext<Flags>): Promise<number> {
  const { flags, output } = context
  const project = await openProject(context.projectOptions())
  if (flags.dryRun) {
    output.document({ production: !flags.off })
    output.say(`would ${flags.off ? 'take the production mark from' : 'mark as production'} ${await project.address()}`)
    return 0
  }
  await printHeader(context, project)
  const result = await project.protect(!flags.off, context.consent(flags.confirm))
  output.document(result)
  output.say(
    result.production
      ? `'${result.database}' is marked as production: what destroys data wants its name typed.`
      : `'${result.database}' is no longer marked as production.`,
  )
  return 0
}
