import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Plan, PlanRequest } from '../engine/plan.js'
import { planHash } from '../engine/plan-hash.js'
import { type RunContext, type RunReport, run, type Survey } from '../engine/run.js'
import { GodwitError } from '../errors.js'

/** A plan that was written down by `godwit plan --json`. */
interface WrittenPlan {
  hash: string
  direction: string
  steps: { name: string }[]
}

/**
 * Runs what a plan that was looked at before says, and nothing else. The file is relative to the working directory.
 *
 * @throws GodwitError GODWIT_PLAN_FILE when it is no such plan, GODWIT_PLAN_CHANGED when something else would be run now
 */
export async function runPlanned(context: RunContext, request: PlanRequest, file: string): Promise<RunReport> {
  const written = await readPlan(file)
  const check = ({ files }: Pick<Survey, 'files'>, plan: Plan): void => {
    if (planHash(plan, files) === written.hash) return
    const [then, now] = [written.steps.map(({ name }) => name), plan.steps.map(({ name }) => name)]
    const names = [...new Set([...then, ...now])].filter((name) => then.includes(name) !== now.includes(name))
    throw new GodwitError('GODWIT_PLAN_CHANGED', { file, names })
  }
  const report = await run(context, request, check)
  if (report.steps.length === 0) check({ files: [] }, { direction: 'up', steps: [], refusals: [], passed: [] })
  return report
}

async function readPlan(file: string): Promise<WrittenPlan> {
  try {
    const plan = JSON.parse(await readFile(resolve(file), 'utf8')) as Partial<WrittenPlan>
    if (typeof plan.hash === 'string' && plan.direction === 'up' && Array.isArray(plan.steps))
      return plan as WrittenPlan
    throw new Error('it is not what `godwit plan up --json` writes')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new GodwitError('GODWIT_PLAN_FILE', { file, reason }, { cause: error })
  }
}
