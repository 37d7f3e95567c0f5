import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { planDocument, printPlan } from '../render/plan.js'
import { printHeader, reportRun } from '../render/run.js'

export interface DownFlags extends CommonFlags {
  name?: string
  to?: string
  step?: string
  only?: string
  all?: boolean
  confirm?: string
}

/** `godwit down`: undoes the last applied migration, or more. */
export async function down(context: CommandContext<DownFlags>, argument?: string): Promise<number> {
  const project = await openProject(context.projectOptions())
  const request = downRequest(context.flags, argument)
  if (context.flags.dryRun) {
    const plan = await project.plan('down', request)
    context.output.document(planDocument(project, plan))
    printPlan(context, plan)
    return 0
  }
  await printHeader(context, project)
  const started = performance.now()
  const report = await project.down({ ...request, ...context.consent(context.flags.confirm) })
  return reportRun(context, report, performance.now() - started)
}

/** Flags and arguments as a request. `down 3` means three steps; a name is the one to undo. */
export function downRequest(flags: DownFlags, argument: string | undefined) {
  const name = argument ?? flags.name
  const steps = name !== undefined && /^\d{1,4}$/.test(name) ? name : flags.step
  const only = flags.only ?? (steps === name ? undefined : name)
  return {
    ...(flags.to === undefined ? {} : { to: flags.to }),
    ...(steps === undefined ? {} : { step: Number(steps) }),
    ...(only === undefined ? {} : { only }),
    ...(flags.all ? { all: true } : {}),
  }
}
