import type { PlannedMigration, PlanReport } from '../../project/reports.js'
import { findingsCounted, findingsInWords } from './findings.js'
import { impactInWords } from './impact.js'
import { count, oneLine } from './words.js'

const STATEMENTS_SHOWN = 200
const WIDTH = 300

/**
 * A plan for a pull request. `github`: each migration folded away, and a mark by which the comment is found again.
 *
 * @param about what is said of a migration in one line
 */
export function planMarkdown(
  plan: PlanReport,
  style: 'markdown' | 'github',
  about: (step: PlannedMigration) => string,
): string {
  const lines = style === 'github' ? ['<!-- godwit plan -->'] : []
  const verb = plan.direction === 'up' ? 'apply' : 'undo'
  lines.push(`### godwit would ${verb} ${count(plan.steps.length, 'migration')}`, '')
  for (const step of plan.steps) {
    const waits = step.statements.some(({ blocks }) => blocks !== 'nothing')
    const table = tableOf(step)
    if (style === 'markdown') lines.push(`#### ${code(step.name)}: ${escaped(about(step))}`, '', ...table, '')
    else
      lines.push(
        `<details${waits ? ' open' : ''}><summary><code>${html(step.name)}</code>: ${html(about(step))}</summary>`,
        '',
        ...table,
        '',
        '</details>',
        '',
      )
  }
  const counted = findingsCounted(plan.findings)
  if (counted !== '') lines.push(`**On what is there now: ${counted}**`, '', ...fenced(plan), '')
  if (plan.notes.length > 0) lines.push(...plan.notes.map((note) => `- ${escaped(note)}`), '')
  return lines.join('\n')
}

function tableOf(step: PlannedMigration): string[] {
  if (step.known === 'function') return ['A function, not listed: what it does is known when it runs.']
  const shown = step.statements.slice(0, STATEMENTS_SHOWN)
  const rows = shown.map(
    (statement) => `| ${code(oneLine(statement.sql, WIDTH))} | ${escaped(impactInWords(statement))} |`,
  )
  const more = step.more + step.statements.length - shown.length
  return [
    '| statement | takes |',
    '| --- | --- |',
    ...rows,
    ...(more > 0 ? ['', `… and ${count(more, 'more statement')}`] : []),
    ...(step.known === 'recorded' ? ['', 'Recorded from its function; a run may differ.'] : []),
  ]
}

function fenced({ findings }: PlanReport): string[] {
  const text = findingsInWords(findings, process.cwd()).join('\n')
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}text`, text, fence]
}

// A longer fence of backticks holds shorter ones; a `|` ends a cell also in code.
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const space = longest > 0 ? ' ' : ''
  return `${fence}${space}${text.replaceAll('|', '\\|')}${space}${fence}`
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, '\\$&').replaceAll('\n', ' ')
}
