import { nearestTo } from '../../engine/find-name.js'
import { GodwitError } from '../../errors.js'
import { openProject } from '../../project/open.js'
import type { CommandContext } from '../context.js'
import { type PlanStyle, showPlan } from '../render/plan.js'
import { type DownFlags, downRequest } from './down.js'
import { type UpFlags, upRequest } from './up.js'

/** `godwit plan [up|down]`: the steps and their statements, without running any. */
export async function plan(
  context: CommandContext<UpFlags & DownFlags & { format?: string }>,
  direction: string = 'up',
  name?: string,
): Promise<number> {
  if (direction !== 'up' && direction !== 'down')
    throw new GodwitError('GODWIT_DIRECTION', { wanted: direction, nearest: nearestTo(direction, ['up', 'down']) })
  const style = styleOf(context.flags.format)
  const project = await openProject(context.projectOptions())
  const report =
    direction === 'down'
      ? await project.plan('down', downRequest(context.flags, name))
      : await project.plan('up', upRequest(context.flags, name))
  return showPlan(context, project, report, style)
}

const styles: readonly PlanStyle[] = ['text', 'markdown', 'github']

function styleOf(wanted: string = 'text'): PlanStyle {
  const style = styles.find((each) => each === wanted)
  if (style === undefined) throw new GodwitError('GODWIT_PLAN_STYLE', { wanted, nearest: nearestTo(wanted, styles) })
  return style
}
