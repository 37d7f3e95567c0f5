import type { Direction } from '../../engine/migration.js'
import type { RunReport } from '../../engine/run.js'
import { isGodwitError } from '../../errors.js'
import type { Project } from '../../project/project.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { errorDocument, renderError } from './error.js'
import { count, duration } from './words.js'

/** Says where a command is about to write, before it does (rule 26). */
export async function printHeader(context: CommandContext<CommonFlags>, project: Project): Promise<void> {
  context.output.say(`${project.name} · ${project.format} · ${await project.address()}`)
}

/**
 * Reports a run and gives its exit code; what failed is told last, with what was applied before it.
 *
 * @param more `conclude: false` does not say at the end how much was done; `document`: what else `--json` carries
 */
export function reportRun(
  context: CommandContext<CommonFlags>,
  report: RunReport,
  elapsedMs: number,
  { conclude = true, document = {} }: { conclude?: boolean; document?: Record<string, unknown> } = {},
): number {
  const { output } = context
  const done = report.steps.filter((step) => step.outcome !== 'failed')
  output.document({
    ...document,
    direction: report.direction,
    steps: report.steps.map((step) => ({ ...step, durationMs: Math.round(step.durationMs) })),
    remaining: report.remaining,
    ...(report.error === undefined ? {} : { error: errorDocument(report.error) }),
  })
  if (report.error !== undefined && isGodwitError(report.error)) {
    if (!output.json) {
      renderError(output, report.error)
      output.tell(afterFailure(report))
    }
    return report.error.exitCode
  }
  if (!conclude) return 0
  output.say(
    conclusion(
      report,
      done.map((step) => step.direction),
      elapsedMs,
    ),
  )
  return 0
}

function afterFailure(report: RunReport): string {
  const done = report.steps.filter((step) => step.outcome !== 'failed')
  const names = (direction: Direction) => done.filter((step) => step.direction === direction).map(({ name }) => name)
  const applied = names('up')
  const undone = names('down').filter((name) => !applied.includes(name))
  const parts = [listed('Undone', undone), listed('Applied and kept', applied), pendingNow(report)]
  return parts.filter((part) => part !== '').join(' ')
}

function listed(verb: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${verb}: ${names.join(', ')}.`
}

function pendingNow({ remaining }: RunReport): string {
  if (remaining.length === 0) return ''
  const shown = remaining.slice(0, 5).join(', ')
  return `Pending: ${shown}${remaining.length > 5 ? ` and ${remaining.length - 5} more` : ''}.`
}

function conclusion(report: RunReport, directions: readonly string[], elapsedMs: number): string {
  const ups = directions.filter((direction) => direction === 'up').length
  const downs = directions.length - ups
  if (directions.length === 0) {
    if (report.direction === 'down') return 'Nothing to undo.'
    return report.remaining.length === 0
      ? 'Nothing to do: every migration is applied.'
      : `Nothing to do. ${pendingNow(report)}`
  }
  const said = [
    downs === 0 ? '' : `${count(downs, 'migration')} undone`,
    ups === 0 ? '' : `${count(ups, 'migration')} applied`,
  ]
  const next = ups > 0 ? 'Undo the last one: godwit down' : 'Apply again: godwit up'
  return `${said.filter((part) => part !== '').join(', ')} in ${duration(elapsedMs)}. ${next}`
}
