import type { PlanRequest } from './plan.js'
import {
  planFrom,
  type RunContext,
  type RunReport,
  refuse,
  type StepReport,
  survey,
  takeLock,
  waitingIn,
} from './run.js'

/** Records what `up` would apply as applied, without running it (`--fake` of TypeORM and node-pg-migrate). */
export async function recordOnly(context: RunContext, request: PlanRequest): Promise<RunReport> {
  const { format, target } = context
  await takeLock(context)
  let current = await survey(format, target)
  let plan = planFrom(current, request)
  refuse(plan)
  const steps: StepReport[] = []
  if (plan.steps.length > 0) {
    if (await target.begin(current.look, context.identity)) {
      current = await survey(format, target)
      plan = planFrom(current, request)
      refuse(plan)
    }
    for (const step of plan.steps) {
      const file = current.files.find(({ name }) => name === step.name)
      await target.settle(step.name, file, 'applied', false)
      steps.push({ ...step, outcome: 'done', durationMs: 0, statements: 0 })
    }
    await target.end('done')
  }
  const done = new Set(steps.map((step) => step.name))
  return { direction: 'up', steps, remaining: waitingIn(current).filter((name) => !done.has(name)) }
}
