import type { LoggedRun, LoggedStep } from '../../engine/log.js'
import type { LogReport } from '../../project/reports.js'
import type { CommandContext, CommonFlags } from '../context.js'
import type { Output } from '../output.js'
import { ago, columns, count, duration } from './words.js'

/**
 * Prints the journal, for people or as the one document.
 *
 * @param one it was asked for one migration: then its statements are shown as well
 */
export function showLog({ output, flags }: CommandContext<CommonFlags>, report: LogReport, one: boolean): void {
  output.document(report)
  output.say(`${report.project} · ${report.format} · ${report.database}`)
  output.say()
  if (report.journal === 'absent') {
    output.say('No journal yet: the first run that writes makes one.')
    return
  }
  for (const [i, head] of columns(report.runs.map((run) => headOf(output, run))).entries()) {
    output.say(head)
    const { outcome, steps } = report.runs[i] as LoggedRun
    const lines = columns(steps.map((step) => lineOf(output, step, outcome === 'running')))
    for (const [j, step] of steps.entries()) {
      output.say(`  ${lines[j]}`)
      if (step.error !== null) output.say(indented(step.error))
      if (one || flags.verbose) for (const line of statementsOf(step)) output.say(`      ${line}`)
    }
  }
  if (report.runs.length > 0) output.say()
  output.say(total(report, one))
}

function headOf({ paint }: Output, run: LoggedRun): string[] {
  const outcome = {
    done: () => 'done',
    failed: () => paint.red('failed'),
    running: () => paint.yellow('not ended, at work now'),
    unfinished: () => paint.red('did not end'),
  }[run.outcome]()
  const took = run.durationMs === null ? '' : `${duration(run.durationMs)}, `
  const role = run.dbUser === '' ? '' : `, role ${run.dbUser}`
  const who = `${took}by ${run.by} (pid ${run.pid}${role}), godwit ${run.version}`
  return [ago(run.startedAt), run.command, outcome, who]
}

function lineOf({ paint }: Output, step: LoggedStep, running: boolean): string[] {
  const mark = { done: paint.green('✓'), failed: paint.red('✗'), open: running ? '…' : paint.red('✗') }
  const took = step.durationMs === null ? '' : duration(step.durationMs)
  return [
    `${mark[step.outcome as keyof typeof mark] ?? '·'} ${step.name}`,
    inWords(step, running),
    step.outcome === 'done' && step.done > 0 ? count(step.done, 'statement') : '',
    took,
  ]
}

function inWords(step: LoggedStep, running: boolean): string {
  const up = step.direction === 'up'
  switch (step.outcome) {
    case 'done':
      return up ? 'applied' : 'undone'
    case 'failed':
      return `${up ? '' : 'its way back '}failed, nothing of it was left`
    case 'open':
      return running ? `at work, ${count(step.done, 'statement')} done` : stopped(step)
    case 'resumed':
      return `${stopped(step)}; gone on with since`
    case 'settled':
      // The step that was open, or the settling itself, which ran nothing.
      if (step.mode !== null) return `${stopped(step)}; settled by hand since`
      return up ? 'settled by hand as applied' : 'settled by hand as not applied'
    case 'adopted':
      return 'applied before Godwit, its content noted'
    case 'passed':
      return 'passed over, stays pending'
  }
}

function stopped({ done, direction }: LoggedStep): string {
  const where = done === 0 ? 'began and did not end' : `stopped behind statement ${done}`
  return direction === 'up' ? where : `its way back ${where}`
}

function statementsOf(step: LoggedStep): string[] {
  const complete = step.outcome === 'done'
  // What was undone as a whole has no place where it stopped.
  const halted = ['open', 'resumed', 'settled'].includes(step.outcome)
  const rows = step.statements.map(({ tag, line }, i) => [
    String(i + 1).padStart(String(step.statements.length).length),
    tag,
    line === null ? '' : `line ${line}`,
    !halted || i < step.done ? '' : i === step.done ? 'here it stopped' : 'not run',
  ])
  const more = complete ? step.done - rows.length : 0
  return [...columns(rows), ...(more > 0 && rows.length > 0 ? [`… and ${count(more, 'more statement')}`] : [])]
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `      ${line}`.trimEnd())
    .join('\n')
}

function total({ runs, more }: LogReport, one: boolean): string {
  if (runs.length === 0) return one ? 'The journal knows of no run of it.' : 'No runs yet.'
  return `${count(runs.length, 'run')}${more ? `, the newest. More: --limit ${runs.length * 5}` : ''}`
}
