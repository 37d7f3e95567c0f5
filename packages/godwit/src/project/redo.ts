import type { Plan } from '../engine/plan.js'
import { compileSteps, planFrom, type RunContext, type Survey } from '../engine/run.js'
import { GodwitError } from '../errors.js'

/**
 * Wants what is about to be undone to be applicable again: half a redo is worse than none.
 *
 * @param undoing the plan of the down
 * @throws GodwitError what the up that follows would be refused for
 */
export async function refuseHalfRedo(context: RunContext, current: Survey, undoing: Plan): Promise<void> {
  const undone = new Set(undoing.steps.map((step) => step.name))
  for (const { code, names } of planFrom(current, { direction: 'up', allowOutOfOrder: true }).refusals) {
    const others = names.filter((name) => !undone.has(name))
    if (others.length > 0) throw new GodwitError(code, { names: others })
  }
  const steps = undoing.steps.map((step) => ({ ...step, direction: 'up' as const }))
  await compileSteps(context, current, { ...undoing, direction: 'up', steps })
}
