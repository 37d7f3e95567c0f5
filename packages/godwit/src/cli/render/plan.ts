import { relative } from 'node:path'
import type { Project } from '../../project/project.js'
import type { PlannedMigration, PlanReport } from '../../project/reports.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { findingsCounted, findingsInWords } from './findings.js'
import { impactInWords } from './impact.js'
import { planMarkdown } from './plan-markdown.js'
import { sameCommand } from './same-command.js'
import { columns, count, duration, oneLine, splitName } from './words.js'

/** How a plan is written for people. */
export type PlanStyle = 'text' | 'markdown' | 'github'

/** The exit code of a check that found something. */
const FOUND = 3
const STATEMENTS_SHOWN = 20
const WIDTH = 72
const LONG_MS = 1_000

/** Prints a plan, for people or as the one document, and gives the exit code. */
export function showPlan(
  context: CommandContext<CommonFlags>,
  project: Project,
  plan: PlanReport,
  style: PlanStyle = 'text',
): number {
  context.output.document(planDocument(project, plan))
  if (style === 'text') printPlan(context, plan)
  else context.output.say(planMarkdown(plan, style, about))
  return wouldFail(plan) ? FOUND : 0
}

function wouldFail({ findings }: PlanReport): boolean {
  return findings.some(({ severity }) => severity === 'error')
}

/** A plan in `--json`. */
function planDocument(project: Project, plan: PlanReport): unknown {
  return {
    direction: plan.direction,
    hash: plan.hash,
    steps: plan.steps.map((step) => ({
      ...step,
      statements: step.statements.map((statement) => ({
        ...statement,
        file: relative(project.folder, statement.file),
      })),
    })),
    findings: plan.findings.map((finding) =>
      finding.file === undefined ? finding : { ...finding, file: relative(project.folder, finding.file) },
    ),
    notes: plan.notes,
  }
}

/** A plan as people read it. */
function printPlan({ output }: CommandContext<CommonFlags>, plan: PlanReport): void {
  if (plan.steps.length === 0) {
    output.say(plan.direction === 'up' ? 'Nothing to apply.' : 'Nothing to undo.')
    return
  }
  const heads = columns(plan.steps.map((step, i) => [String(i + 1), splitName(step.name).rest, about(step)]))
  for (const [i, step] of plan.steps.entries()) {
    output.say(heads[i])
    const shown = step.statements.slice(0, STATEMENTS_SHOWN)
    const lines = columns(shown.map((statement) => [`   ${oneLine(statement.sql, WIDTH)}`, impactInWords(statement)]))
    for (const line of lines) output.say(line)
    const more = step.more + Math.max(0, step.statements.length - STATEMENTS_SHOWN)
    if (more > 0) output.say(`   … and ${count(more, 'more statement')}`)
    if (step.known === 'function') output.say('   a function, not listed: what it does is known when it runs')
    if (step.known === 'recorded') output.say('   recorded from its function; a run may differ')
  }
  const counted = findingsCounted(plan.findings)
  if (counted !== '') output.say(`\nOn what is there now: ${counted}`)
  for (const line of findingsInWords(plan.findings, process.cwd())) output.say(line)
  for (const note of plan.notes) output.say(`   ${note}`)
  output.say()
  output.say(wouldFail(plan) ? `Settle it, then run it: ${sameCommand()}` : `Run it: ${sameCommand()}`)
}

function about(step: PlannedMigration): string {
  const transaction = {
    one: 'one transaction',
    none: 'no transaction',
    own: 'transactions of its own',
    'one, else split': 'one transaction, else split',
  }[step.transaction]
  const ms = step.statements.reduce((sum, { takes }) => sum + (takes?.about ?? 0), 0)
  const parts = [transaction]
  if (ms >= LONG_MS) parts.push(`about ${duration(ms)}`)
  if (step.destroys.length > 0) parts.push(`destroys ${step.destroys.join(', ')}`)
  if (step.down !== undefined) parts.push(step.down === 'written' ? 'can be undone' : 'cannot be undone')
  return parts.join(', ')
}
