import { relative } from 'node:path'
import { canResume, type Direction, type MigrationStatus, type OpenStep, type State } from '../../engine/migration.js'
import { shellWord } from '../../error-table/shell-word.js'
import { openProject } from '../../project/open.js'
import type { StatusReport } from '../../project/reports.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { shownPath } from '../render/error.js'
import { ago, columns, count, duration, splitName } from '../render/words.js'

interface Flags extends CommonFlags {
  check?: boolean
}

/** `godwit status`: every migration with its state. With `--check`, exit code 3 when something is not applied. */
export async function status(context: CommandContext<Flags>): Promise<number> {
  const project = await openProject(context.projectOptions())
  const report = await project.status()
  const summary = summarize(report.migrations)
  const { output } = context
  output.document({
    project: report.project,
    format: report.format,
    database: report.database,
    server: report.server,
    production: report.production,
    migrations: report.migrations.map((m) => ({
      ...m,
      ...(m.open === undefined ? {} : { open: openDocument(m.open) }),
      file: m.file === null ? null : relative(project.folder, m.file),
    })),
    summary,
  })
  output.say(
    `${report.project} · ${report.format} · ${report.database} (${report.server})${report.production ? ' · production' : ''}`,
  )
  output.say()
  // One write: a thousand of them take longer than making the lines.
  const lines = table(context, report).map((line) => `  ${line}\n`)
  if (lines.length > 0) output.say(lines.join(''))
  output.say(total(summary, report.migrations.length))
  for (const line of nextSteps(report.migrations)) output.say(line)
  return context.flags.check && report.migrations.some((m) => m.state !== 'applied') ? 3 : 0
}

function openDocument({ checkpoint, ...open }: OpenStep) {
  return { ...open, resumes: checkpoint !== undefined }
}

function table({ output }: CommandContext<Flags>, { migrations }: StatusReport): string[] {
  const { paint } = output
  const colour: Record<State, (text: string) => string> = {
    applied: paint.green,
    pending: paint.yellow,
    'out-of-order': paint.red,
    edited: paint.red,
    missing: paint.red,
    failed: paint.red,
  }
  return columns(
    migrations.map((m) => {
      const { stamp, rest } = splitName(m.name)
      const when = m.appliedAt === null ? '' : ago(m.appliedAt)
      return [...(stamp === '' ? [] : [stamp]), rest, colour[m.state](m.state), when, remark(m)]
    }),
  )
}

function stoppedAt({ done, checkpoint, ended }: OpenStep): string {
  if (ended) return 'ended, and is not recorded: that was lost, or taken back by another tool'
  const of = checkpoint === undefined ? '' : ` of ${checkpoint.statements.length}`
  return done === 0 ? 'began and did not end' : `stopped behind statement ${done}${of}`
}

function remark(m: MigrationStatus): string {
  if (m.open !== undefined) return `${stoppedAt(m.open)}${m.open.error === null ? '' : `: ${m.open.error}`}`
  if (m.state === 'edited') return m.file === null ? '' : shownPath(m.file)
  if (m.warning === 'edited-before-adoption') return 'its content differs from what was applied before Godwit'
  if (m.by === null) return ''
  return `by ${m.by}${m.durationMs === null ? '' : `, ${duration(m.durationMs)}`}`
}

function summarize(migrations: readonly MigrationStatus[]): Record<State, number> {
  const summary: Record<State, number> = { applied: 0, pending: 0, 'out-of-order': 0, edited: 0, missing: 0, failed: 0 }
  for (const m of migrations) summary[m.state]++
  return summary
}

function total(summary: Record<State, number>, all: number): string {
  if (all === 0) return 'No migrations yet. Write the first: godwit create <name>'
  const parts = Object.entries(summary).flatMap(([state, n]) => (n === 0 ? [] : [`${n} ${state}`]))
  return `${count(all, 'migration')}: ${parts.join(', ')}`
}

function nextSteps(migrations: readonly MigrationStatus[]): string[] {
  const first = (state: State) => migrations.find((m) => m.state === state)?.name
  const steps: [string, string][] = []
  const pending = migrations.filter((m) => m.state === 'pending').length
  const failed = first('failed')
  const edited = first('edited')
  const missing = first('missing')
  const going = (direction: Direction) => migrations.find((m) => m.name === failed && canResume(m, direction))
  for (const direction of ['up', 'down'] as const) {
    const { open } = going(direction) ?? {}
    if (open !== undefined) steps.push([`godwit ${direction}`, `goes on at statement ${open.done + 1}`])
  }
  if (failed !== undefined)
    steps.push([`godwit resolve ${shellWord(failed)} --applied`, 'when everything it makes is there'])
  if (failed !== undefined)
    steps.push([`godwit resolve ${shellWord(failed)} --rolled-back`, 'when nothing of it is there'])
  if (edited !== undefined) steps.push([`godwit resolve ${shellWord(edited)} --applied`, 'accept the edit as it is'])
  if (missing !== undefined) steps.push([`godwit resolve ${shellWord(missing)} --rolled-back`, 'forget it'])
  if (first('out-of-order') !== undefined) steps.push(['godwit up --allow-out-of-order', 'apply the late one as well'])
  if (pending > 0 && steps.length === 0)
    steps.push(['godwit plan', `what the ${pending === 1 ? 'pending one' : `${pending} pending ones`} will do`])
  return columns(steps).map((line, i) => `${i === 0 ? 'Next:' : '     '} ${line}`)
}
