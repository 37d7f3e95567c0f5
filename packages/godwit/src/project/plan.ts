import type { CompiledStep, DescribedStatement, DescribedStep, Target } from '../databases/contract.js'
import type { PlanRequest } from '../engine/plan.js'
import { planHash } from '../engine/plan-hash.js'
import { compileSteps, planFrom, refuse, survey } from '../engine/run.js'
import type { Body, TableFormat } from '../formats/contract.js'
import type { PreflightOptions } from '../preflight/finding.js'
import { maskSecrets } from '../sql/mask.js'
import { shadowOfApplied } from './applied-shadow.js'
import { forecast, preflight } from './forecast.js'
import type { PlannedMigration, PlanReport } from './reports.js'
import type { ProjectWork } from './work.js'

/** What a run with the same request would do, and what each statement of it takes. Writes nothing. */
export async function planRun(
  work: ProjectWork,
  target: Target,
  request: PlanRequest,
  options: PreflightOptions,
): Promise<PlanReport> {
  const { format } = work.parts
  const current = await survey(format, target)
  const plan = planFrom(current, request)
  refuse(plan)
  const steps = await compileSteps({ format, target }, current, plan)
  const described: DescribedStep[] = []
  for (const step of steps) described.push(await step.describe())
  const functions = steps.filter(({ step }) => step.body.kind === 'function')
  const notes =
    functions.length === 0 ? [] : await recordFunctions(work, target, functions, described, current.look.rows)
  const foreseen = await forecast(target, described)
  const findings = await preflight(target, foreseen, options)
  const migrations: PlannedMigration[] = []
  for (const [i, step] of foreseen.steps.entries()) {
    const file = steps[i]?.step.file
    const down = request.direction === 'up' && file !== undefined ? await format.load(file, 'down') : undefined
    migrations.push({ ...step, ...(down === undefined ? {} : { down: down === null ? 'none' : 'written' }) })
  }
  return { direction: request.direction, hash: planHash(plan, current.files), steps: migrations, findings, notes }
}

// What a function will send is known once it ran on a throwaway database in the same state (rule 23).
async function recordFunctions(
  work: ProjectWork,
  target: Target,
  functions: readonly CompiledStep[],
  described: DescribedStep[],
  rows: Parameters<typeof shadowOfApplied>[2],
): Promise<string[]> {
  const { format } = work.parts
  if (target.facts === undefined || format.history.kind !== 'table') return []
  const { recordOn } = await import('../shadow/record.js')
  try {
    const shadow = await shadowOfApplied(work, format as TableFormat, rows)
    try {
      const { statements, failed } = await recordOn(
        shadow,
        functions.map(({ step }) => ({ name: step.name, body: step.body as Extract<Body, { kind: 'function' }> })),
      )
      for (const [i, step] of described.entries()) {
        const sent = statements.get(step.name)
        const file = functions.find((each) => each.step.name === step.name)?.step.file.file
        if (sent !== undefined && file !== undefined) described[i] = await recorded(step, file, sent)
      }
      return failed === undefined ? [] : [`${failed.name} fails on a shadow (${shadow.description}): ${failed.reason}`]
    } finally {
      await shadow.close()
    }
  } catch (error) {
    return [`Functions are not listed: ${error instanceof Error ? error.message : String(error)}`]
  }
}

async function recorded(step: DescribedStep, file: string, sent: readonly string[]): Promise<DescribedStep> {
  const { classifyLazily } = await import('../sql/classify.js')
  const destroys: string[] = []
  const statements: DescribedStatement[] = []
  for (const text of sent) {
    destroys.push(...((await classifyLazily(text)).destroys ?? []))
    statements.push({ sql: maskSecrets(text), text, file, line: null })
  }
  return { ...step, known: 'recorded', statements, destroys: [...new Set(destroys)] }
}
