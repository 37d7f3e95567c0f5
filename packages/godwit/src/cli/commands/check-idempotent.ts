import { GodwitError } from '../../errors.js'
import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { count } from '../render/words.js'

interface Flags extends CommonFlags {
  name?: string
  shadow?: string
}

/** `godwit check-idempotent`: runs a migration's up twice on a scratch database, and says what the second one changed. */
export async function checkIdempotent(context: CommandContext<Flags>, name?: string): Promise<number> {
  const { flags, output } = context
  const wanted = name ?? flags.name
  if (wanted === undefined)
    throw new GodwitError('GODWIT_USAGE', { command: 'check-idempotent', reason: 'it needs the name of a migration' })
  const project = await openProject(context.projectOptions())
  const report = await project.checkIdempotent(wanted, { shadow: flags.shadow })
  output.document(report)
  if (report.idempotent) output.say(`${report.name} may be run twice: the second time it changed nothing.`)
  else {
    output.say(`${report.name} must not be run twice.`)
    if (report.reason !== undefined) output.say(`  the second time it failed: ${report.reason}`)
    for (const { collection, before, after } of report.changed)
      output.say(`  ${collection}: ${documents(before)} behind the first time, ${documents(after)} behind the second`)
  }
  return report.idempotent ? 0 : 3
}

function documents(found: number | null): string {
  return found === null ? 'not there' : count(found, 'document')
}
