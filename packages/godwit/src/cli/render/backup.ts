import type { RunEvent } from '../../engine/events.js'
import { shellWord } from '../../error-table/shell-word.js'
import type { BackupReport } from '../../project/backup.js'
import type { RestoreReport } from '../../project/restore.js'
import type { VerifiedBackup } from '../../project/verify-backup.js'
import type { Output } from '../output.js'
import { shownPath } from './error.js'
import { ago, bytesInWords, count } from './words.js'

/** Tells of a backup that was made: where it is and what is in it. */
export function renderBackup(output: Output, { file, size, tables, tool, history }: BackupReport): void {
  output.say(`  ${output.paint.green('✓')} ${shownPath(file)}   ${bytesInWords(size)}, ${heldIn(tables)}, by ${tool}`)
  if (history.last !== null)
    output.say(`    behind ${history.last}, with ${count(history.applied, 'migration')} applied`)
}

/** Tells of a backup that was made ahead of a run, and why. */
export function aheadLines({ file, bytes, because }: Extract<RunEvent, { type: 'backed-up' }>): string[] {
  const [first = '', ...more] = because
  const rest = more.length === 0 ? '' : `, and ${more.length} more`
  return [`  backed up to ${shownPath(file)} (${bytesInWords(bytes)}): ${first}${rest}`]
}

/** Tells of a backup that was tried. */
export function renderTried(output: Output, { on, tables, rows, objects }: VerifiedBackup): void {
  output.say(
    `  ${output.paint.green('✓')} restored on ${on}, and the same: ${heldInWords(tables, rows)}, ${count(objects, 'object')}`,
  )
}

/** The command that brings a backup back. */
export function restoreCommand(file: string): string {
  return `godwit restore ${shellWord(shownPath(file))} --clean`
}

/** Tells of a restore. */
export function renderRestored(output: Output, { database, dropped, backup }: RestoreReport): void {
  if (dropped.length > 0) output.say(`  dropped: ${shortList(dropped)}`)
  output.say(`  ${output.paint.green('✓')} ${database}${backup === null ? '' : `   ${madeInWords(backup)}`}`)
}

/** Tells what a restore would do. */
export function renderWouldRestore(output: Output, { database, dropped, backup }: RestoreReport): void {
  if (backup !== null) output.say(`The backup is ${madeInWords(backup)}.`)
  if (dropped.length === 0) output.say(`It would be restored into '${database}', which is empty.`)
  else output.say(`It would take the place of all that '${database}' holds:`)
  for (const line of dropped) output.say(`  ${line}`)
}

function madeInWords({ database, server, time, tables, history }: NonNullable<RestoreReport['backup']>): string {
  const behind = history.last === null ? '' : `, behind ${history.last}`
  return `of '${database}' (${server}), ${ago(new Date(time))}: ${heldIn(tables)}${behind}`
}

function heldIn(tables: BackupReport['tables']): string {
  return heldInWords(
    tables.length,
    tables.reduce((sum, table) => sum + (table.rows ?? 0), 0),
  )
}

function heldInWords(tables: number, rows: number): string {
  return `${count(tables, 'table')} with ${count(rows, 'row')}`
}

const SHOWN = 8

function shortList(lines: readonly string[]): string {
  const rest = lines.length - SHOWN
  return lines.slice(0, SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
