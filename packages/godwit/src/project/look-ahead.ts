import type { CompiledStep, Target } from '../databases/contract.js'
import type { RunContext } from '../engine/run.js'
import { GodwitError } from '../errors.js'
import type { PreflightOptions } from '../preflight/finding.js'
import { forecast, preflight } from './forecast.js'

/**
 * Looks ahead of a run that is about to begin: what would fail on the rows that are there keeps it from beginning, and what it
 * would wait for is said. Functions are not run for it (rule 15); what they do is not looked into.
 *
 * @throws GodwitError GODWIT_PREFLIGHT
 */
export async function lookAhead(
  { target, onEvent }: Pick<RunContext, 'onEvent'> & { target: Target },
  steps: readonly CompiledStep[],
  options: PreflightOptions,
): Promise<void> {
  if (target.hasRows === undefined || !(await target.hasRows())) return
  const described = []
  for (const step of steps) described.push(await step.describe())
  const ahead = await forecast(target, described)
  const findings = await preflight(target, ahead, options)
  const failing = findings.filter(({ severity }) => severity === 'error')
  if (failing.length > 0) {
    const statements = ahead.steps.reduce((sum, step) => sum + step.statements.length + step.more, 0)
    const broken = new Set(failing.map(({ migration, line, sql }) => JSON.stringify([migration, line, sql]))).size
    throw new GodwitError('GODWIT_PREFLIGHT', { failing: broken, statements }, { findings })
  }
  for (const { severity, message } of findings) if (severity === 'warning') onEvent({ type: 'warning', message })
}
