import { relative } from 'node:path'
import type { Finding, Severity } from '../../lint/finding.js'
import type { LintReport } from '../../project/lint.js'
import type { FileFix } from '../../project/lint-fix.js'
import type { CommandContext, CommonFlags } from '../context.js'
import type { Output } from '../output.js'
import { shownPath } from './error.js'
import { changedLines } from './line-changes.js'
import { count } from './words.js'

const WIDTH = 98

/** A lint in `--json`; files are relative to the project's folder. */
export function lintDocument(report: LintReport, folder: string): unknown {
  const inProject = <T extends { file: string }>(each: T): T => ({ ...each, file: relative(folder, each.file) })
  return {
    ...report,
    findings: report.findings.map(inProject),
    notListed: report.notListed.map(inProject),
    fixes: report.fixes.map(({ before, after, ...fix }) => ({ ...inProject(fix), changed: before !== after })),
    summary: summarize(report.findings),
  }
}

/** A lint as people read it: each finding with its way out; what a rule is for is said once, and notes are counted. */
export function printLint({ output, flags }: CommandContext<CommonFlags>, report: LintReport): void {
  const { paint } = output
  const colour: Record<Severity, (text: string) => string> = {
    error: paint.red,
    warning: paint.yellow,
    note: paint.dim,
  }
  const told = new Set<string>()
  const shown = report.findings.filter(({ severity }) => severity !== 'note' || output.verbose)
  for (const { code, severity, message, recipe, why, file, line, column, fixable } of shown) {
    output.say(
      `${shownPath(file)}:${line}:${column}  ${colour[severity](severity)} ${code}${fixable ? '  (--fix)' : ''}`,
    )
    output.say(`  ${message}`)
    if (!told.has(code)) for (const each of wrapped(why)) output.say(paint.dim(`  ${each}`))
    told.add(code)
    for (const each of recipe.flatMap((text) => text.split('\n'))) output.say(`    ${each}`)
    output.say()
  }
  const notes = report.findings.filter(({ severity }) => severity === 'note')
  if (notes.length > 0 && !output.verbose) output.say(`Notes (--verbose shows them): ${counted(notes)}`)
  for (const { file, line, what } of report.notListed)
    output.say(`${shownPath(file)}:${line}  not listed: ${what}; what it does is known when it runs`)
  for (const note of report.notes) output.say(note)
  for (const name of report.applied) output.say(`${name} is applied already, and was not looked at.`)
  for (const fix of report.fixes) printFix(output, fix, flags.dryRun === true)
  output.say(total(report))
  const next = nextStep(report)
  if (next !== undefined) output.say(next)
}

function printFix(output: Output, { file, before, after, refused }: FileFix, dryRun: boolean): void {
  if (before !== after) {
    output.say(`${shownPath(file)}  ${dryRun ? 'would become' : 'mended'}:`)
    for (const { sign, text } of changedLines(before, after))
      output.say(
        `  ${sign === '+' ? output.paint.green(`+ ${text}`) : sign === '-' ? output.paint.red(`- ${text}`) : `  ${text}`}`,
      )
    output.say()
  }
  for (const { code, line, reason } of refused) output.say(`${shownPath(file)}:${line}  ${code} by hand: ${reason}`)
}

/** `prefer-text-field 14, prefer-identity 2` */
function counted(findings: readonly Finding[]): string {
  const codes = new Map<string, number>()
  for (const { code } of findings) codes.set(code, (codes.get(code) ?? 0) + 1)
  return [...codes].map(([code, n]) => `${code} ${n}`).join(', ')
}

function summarize(findings: readonly Finding[]): Record<Severity, number> {
  const summary: Record<Severity, number> = { error: 0, warning: 0, note: 0 }
  for (const { severity } of findings) summary[severity]++
  return summary
}

function total({ findings, migrations, suppressed }: LintReport): string {
  const { error, warning, note } = summarize(findings)
  const parts = [
    ...(error > 0 ? [count(error, 'error')] : []),
    ...(warning > 0 ? [count(warning, 'warning')] : []),
    ...(note > 0 ? [count(note, 'note')] : []),
  ]
  const quiet = suppressed === 0 ? '' : `, ${suppressed} suppressed by comments`
  return `${count(migrations.length, 'migration')}: ${parts.length === 0 ? 'nothing found' : parts.join(', ')}${quiet}`
}

function nextStep({ findings, live, migrations, fixes }: LintReport): string | undefined {
  if (fixes.length === 0 && findings.some(({ fixable, severity }) => fixable && severity !== 'note'))
    return 'Next: godwit lint --fix            writes what can be mended; --dry-run shows it'
  if (!live && migrations.length > 1 && findings.length > 0)
    return 'Next: godwit lint --live           only what is not applied yet, with the sizes of tables'
  return undefined
}

function wrapped(text: string): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last !== '' && last.length + word.length >= WIDTH) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}
