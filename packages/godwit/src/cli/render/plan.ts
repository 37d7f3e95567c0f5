import { relative } from 'node:path'
import type { DescribedStep } from '../../databases/contract.js'
import type { Project } from '../../project/project.js'
import type { PlanReport } from '../../project/reports.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { sameCommand } from './same-command.js'
import { columns, count, splitName } from './words.js'

const STATEMENTS_SHOWN = 20
const WIDTH = 100

/** Prints a plan, for people or as the one document, and gives the exit code. */
export function showPlan(context: CommandContext<CommonFlags>, project: Project, plan: PlanReport): number {
  context.output.document(planDocument(project, plan))
  printPlan(context, plan)
  return 0
}

/** A plan in `--json`. */
function planDocument(project: Project, plan: PlanReport): unknown {
  return {
    direction: plan.direction,
    steps: plan.steps.map((step) => ({
      ...step,
      statements: step.statements.map((statement) => ({
        ...statement,
        file: relative(project.folder, statement.file),
      })),
    })),
    findings: [],
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
    for (const statement of step.statements.slice(0, STATEMENTS_SHOWN)) output.say(`   ${oneLine(statement.sql)}`)
    const more = step.more + Math.max(0, step.statements.length - STATEMENTS_SHOWN)
    if (more > 0) output.say(`   … and ${count(more, 'more statement')}`)
    if (step.known === 'function') output.say('   a function, not listed: what it does is known when it runs')
    if (step.known === 'recorded') output.say('   recorded from its function; a run may differ')
  }
  output.say()
  output.say(`Run it: ${sameCommand()}`)
}

function about(step: DescribedStep): string {
  const transaction = {
    one: 'one transaction',
    none: 'no transaction',
    own: 'transactions of its own',
    'one, else split': 'one transaction, else split',
  }[step.transaction]
  return step.destroys.length === 0 ? transaction : `${transaction}, destroys ${step.destroys.join(', ')}`
}

function oneLine(sql: string): string {
  const text = sql.replace(/\s+/g, ' ')
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text
}
