import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { planDocument, printPlan } from '../render/plan.js'
import { printHeader, reportRun } from '../render/run.js'

export interface UpFlags extends CommonFlags {
  name?: string
  to?: string
  step?: string
  only?: string
  allowOutOfOrder?: boolean
  allowMissing?: boolean
  fake?: boolean
  /** node-pg-migrate's own: `--no-check-order`. */
  checkOrder?: boolean
}

/** `godwit up [name]`: applies pending migrations. */
export async function up(context: CommandContext<UpFlags>, name?: string): Promise<number> {
  const project = await openProject(context.projectOptions())
  const request = upRequest(context.flags, name)
  if (context.flags.dryRun) {
    const plan = await project.plan('up', request)
    context.output.document(planDocument(project, plan))
    printPlan(context, plan)
    return 0
  }
  await printHeader(context, project)
  const started = performance.now()
  return reportRun(context, await project.up(request), performance.now() - started)
}

/** Flags and arguments as a request. `up 3` means three steps, as node-pg-migrate's users type it. */
export function upRequest(flags: UpFlags, argument: string | undefined) {
  const name = argument ?? flags.name
  const steps = name !== undefined && /^\d{1,4}$/.test(name) ? name : flags.step
  const to = flags.to ?? (steps === name ? undefined : name)
  return {
    ...(to === undefined ? {} : { to }),
    ...(steps === undefined ? {} : { step: Number(steps) }),
    ...(flags.only === undefined ? {} : { only: flags.only }),
    ...(flags.allowOutOfOrder || flags.checkOrder === false ? { allowOutOfOrder: true } : {}),
    ...(flags.allowMissing ? { allowMissing: true } : {}),
    ...(flags.fake ? { fake: true } : {}),
  }
}
