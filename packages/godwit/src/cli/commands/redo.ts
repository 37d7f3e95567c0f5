import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { showPlan } from '../render/plan.js'
import { printHeader, reportRun } from '../render/run.js'

interface Flags extends CommonFlags {
  confirm?: string
}

/** `godwit redo`: undoes the last applied migration and applies it again. */
export async function redo(context: CommandContext<Flags>): Promise<number> {
  const project = await openProject(context.projectOptions())
  if (context.flags.dryRun) {
    const plan = await project.plan('down')
    showPlan(context, project, plan)
    context.output.say('and then the same migration up again')
    return 0
  }
  await printHeader(context, project)
  const started = performance.now()
  const { down, up } = await project.redo(context.consent(context.flags.confirm))
  const report = { ...(up ?? down), steps: [...down.steps, ...(up?.steps ?? [])] }
  return reportRun(context, report, performance.now() - started)
}
