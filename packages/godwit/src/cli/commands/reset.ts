import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { printHeader, reportRun } from '../render/run.js'
import { seedDocuments } from '../render/seed.js'

interface Flags extends CommonFlags {
  confirm?: string
  drop?: boolean
  seed?: boolean
}

/** `godwit reset`: undoes or drops everything and applies all migrations again. */
export async function reset(context: CommandContext<Flags>): Promise<number> {
  const { flags, output } = context
  const project = await openProject(context.projectOptions())
  if (flags.dryRun) {
    const goes = await project.wouldReset(flags.drop ?? false)
    output.document({ goes })
    output.say(goes.length === 0 ? 'Nothing would go.' : 'reset would take:')
    for (const line of goes) output.say(`  ${line}`)
    return 0
  }
  await printHeader(context, project)
  const started = performance.now()
  const { drop = false, seed = true } = flags
  const report = await project.reset({ ...context.consent(flags.confirm), drop, seed })
  const document = report.seeds === undefined ? {} : { seeds: seedDocuments(report.seeds.seeds) }
  return reportRun(context, report, performance.now() - started, { document })
}
