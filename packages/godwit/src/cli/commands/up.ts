import { openProject } from '../../project/open.js'
import { type ChoiceFlags, chosen } from '../choice.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { showPlan } from '../render/plan.js'
import { printHeader, reportRun } from '../render/run.js'

export interface UpFlags extends CommonFlags, ChoiceFlags {
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
    return showPlan(context, project, plan)
  }
  await printHeader(context, project)
  const started = performance.now()
  return reportRun(context, await project.up(request), performance.now() - started)
}

/** Flags and arguments as a request; a name is the last one to apply. */
export function upRequest(flags: UpFlags, argument: string | undefined) {
  return {
    ...chosen('up', flags, argument, 'to'),
    ...(flags.allowOutOfOrder || flags.checkOrder === false ? { allowOutOfOrder: true } : {}),
    ...(flags.allowMissing ? { allowMissing: true } : {}),
    ...(flags.fake ? { fake: true } : {}),
  }
}
