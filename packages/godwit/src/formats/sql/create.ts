import { join, relative } from 'node:path'
import { GodwitError } from '../../errors.js'
import type { FormatContext, NewMigration } from '../contract.js'
import { refusePathUp } from '../name.js'
import { sqlTexts } from '../templates/sql-texts.js'
import { freeTimestamp } from '../timestamp.js'
import { listSqlFolder, prefixOf, readSqlFolder } from './list.js'

/**
 * Composes an empty migration and its way back, or both from a template. The number in front follows what the folder has: a time in 14 digits
 * (UTC) unless the others are counted.
 *
 * @throws GODWIT_NAME_UNUSABLE, GODWIT_SQL_MIXED_PREFIXES, GODWIT_FILE_UNREADABLE, GODWIT_TEMPLATE_UNKNOWN,
 *   GODWIT_TEMPLATE_USED
 */
export async function composeMigration(
  folder: string,
  name: string,
  { now, template }: { now: Date; template?: string },
  { projectDir }: Pick<FormatContext, 'projectDir'>,
): Promise<NewMigration> {
  const place = newPlace(folder, name, now, projectDir)
  const { up, down } = await sqlTexts(
    template,
    ['.sql', '.up.sql'],
    () => listSqlFolder(folder, { projectDir }),
    projectDir,
  )
  return migrationAt(place, {
    up: up?.(place.name) ?? `-- ${place.slug}: what it does\n`,
    down: down?.(place.name) ?? `-- ${place.slug}: the way back; remove this file if there is none\n`,
  })
}

/** Where a new migration goes. */
export interface NewPlace {
  folder: string
  name: string
  /** The name without its number. */
  slug: string
}

/** Finds the name of a new migration. @throws GODWIT_NAME_UNUSABLE, GODWIT_SQL_MIXED_PREFIXES */
export function newPlace(folder: string, name: string, now: Date, projectDir: string): NewPlace {
  const slug = slugOf(name)
  const prefix = nextPrefix(existingNames(folder, projectDir), now, relative(projectDir, folder))
  return { folder, name: `${prefix}_${slug}`, slug }
}

/** A migration of two files. */
export function migrationAt({ folder, name }: NewPlace, texts: { up: string; down: string }): NewMigration {
  return {
    name,
    files: [
      { path: join(folder, `${name}.sql`), content: texts.up },
      { path: join(folder, `${name}.down.sql`), content: texts.down },
    ],
  }
}

function slugOf(name: string): string {
  refusePathUp(name)
  // Without what would make another kind of file of it.
  const slug = name
    .trim()
    .replace(/[\s/\\:*?"<>|\p{Cc}]+/gu, '_')
    .replace(/(\.(up|down|sql))+$/, '')
  if (/^[_.]*$/.test(slug)) throw new GodwitError('GODWIT_NAME_UNUSABLE', { name })
  return slug
}

function existingNames(folder: string, projectDir: string): string[] {
  try {
    return readSqlFolder(folder, projectDir).ups.map((up) => up.name)
  } catch (error) {
    if (error instanceof GodwitError && error.code === 'GODWIT_FOLDER_MISSING') return []
    throw error
  }
}

function nextPrefix(names: readonly string[], now: Date, folder: string): string {
  const taken = names.map(prefixOf)
  const last = taken.toSorted().at(-1)
  if (last === '')
    throw new GodwitError('GODWIT_SQL_MIXED_PREFIXES', { folder, files: [`${names[0]}.sql`, '<timestamp>_<name>.sql'] })
  if (last === undefined || last.length === 14) return freeTimestamp(taken, now)
  if (last.length === 13) return String(Math.max(now.getTime(), Number(last) + 1))
  if (last.length === 10) return String(Math.max(Math.floor(now.getTime() / 1000), Number(last) + 1))
  const next = (BigInt(last) + 1n).toString().padStart(last.length, '0')
  if (next.length > last.length) throw new GodwitError('GODWIT_SQL_MIXED_PREFIXES', { folder, files: [last, next] })
  return next
}
