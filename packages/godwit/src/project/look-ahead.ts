import type { CompiledStep, DescribedStep, Target } from '../databases/contract.js'
import type { RunContext } from '../engine/run.js'
import { GodwitError } from '../errors.js'
import type { PreflightOptions } from '../preflight/finding.js'

/**
 * Looks ahead of a run that is about to begin: what would fail on the rows that are there keeps it from beginning, and what it
 * would wait for is said. Functions are not called for it (rule 15) unless everything is to be looked through, nor is a step
 * looked into that is gone on with.
 *
 * @throws GodwitError GODWIT_PREFLIGHT
 */
export async function lookAhead(
  { target, onEvent, signal }: Pick<RunContext, 'onEvent' | 'signal'> & { target: Target },
  steps: readonly CompiledStep[],
  options: PreflightOptions,
): Promise<void> {
  if (target.hasRows === undefined || !(await target.hasRows())) return
  let found: Awaited<ReturnType<typeof look>>
  try {
    found = await look(target, steps, options)
  } catch (error) {
    if (signal?.aborted) throw error
    // It is a forecast: the run itself will say what is wrong.
    const reason = error instanceof Error ? error.message : String(error)
    onEvent({ type: 'warning', message: `Whether it will work on what is there could not be asked: ${reason}` })
    return
  }
  const { findings, statements } = found
  const failing = findings.filter(({ severity }) => severity === 'error')
  if (failing.length > 0) {
    const broken = new Set(failing.map(({ migration, line, sql }) => JSON.stringify([migration, line, sql]))).size
    throw new GodwitError('GODWIT_PREFLIGHT', { failing: broken, statements }, { findings })
  }
  for (const { severity, message } of findings) if (severity === 'warning') onEvent({ type: 'warning', message })
}

async function look(target: Target, steps: readonly CompiledStep[], options: PreflightOptions) {
  // An empty database needs none of it.
  const { forecast, preflight } = await import('./forecast.js')
  const described: DescribedStep[] = []
  for (const compiled of steps) {
    const { body, resume } = compiled.step
    const known = resume === undefined && (body.kind === 'script' || (body.kind === 'collected' && options.full))
    described.push(known ? await compiled.describe() : notLookedInto(compiled))
  }
  const ahead = await forecast(target, described)
  const statements = ahead.steps.reduce((sum, step) => sum + step.statements.length + step.more, 0)
  return { findings: await preflight(target, ahead, options), statements }
}

function notLookedInto({ step: { name, direction } }: CompiledStep): DescribedStep {
  return { name, direction, transaction: 'one', known: 'function', statements: [], more: 0, destroys: [] }
}
