import { openProject } from '../../project/open.js'
import { type ChoiceFlags, chosen } from '../choice.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { showPlan } from '../render/plan.js'
import { printHeader, reportRun } from '../render/run.js'

export interface DownFlags extends CommonFlags, ChoiceFlags {
  confirm?: string
}

/** `godwit down`: undoes the last applied migration, or more. */
export async function down(context: CommandContext<DownFlags>, argument?: string): Promise<number> {
  const project = await openProject(context.projectOptions())
  const request = downRequest(context.flags, argument)
  if (context.flags.dryRun) {
    const plan = await project.plan('down', request)
    return showPlan(context, project, plan)
  }
  await printHeader(context, project)
  const started = performance.now()
  const report = await project.down({ ...request, ...context.consent(context.flags.confirm) })
  return reportRun(context, report, performance.now() - started)
}

/** Flags and arguments as a request; a name is the one to undo. */
export function downRequest(flags: DownFlags, argument: string | undefined) {
  return chosen('down', flags, argument, 'only')
}
