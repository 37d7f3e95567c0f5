import { nearestTo } from '../../engine/find-name.js'
import { GodwitError } from '../../errors.js'
import { openProject } from '../../project/open.js'
import type { CommandContext } from '../context.js'
import { showPlan } from '../render/plan.js'
import { type DownFlags, downRequest } from './down.js'
import { type UpFlags, upRequest } from './up.js'

/** `godwit plan [up|down]`: the steps and their statements, without running any. */
export async function plan(
  context: CommandContext<UpFlags & DownFlags>,
  direction: string = 'up',
  name?: string,
): Promise<number> {
  if (direction !== 'up' && direction !== 'down')
    throw new GodwitError('GODWIT_DIRECTION', { wanted: direction, nearest: nearestTo(direction, ['up', 'down']) })
  const project = await openProject(context.projectOptions())
  const report =
    direction === 'down'
      ? await project.plan('down', downRequest(context.flags, name))
      : await project.plan('up', upRequest(context.flags, name))
  return showPlan(context, project, report)
}
