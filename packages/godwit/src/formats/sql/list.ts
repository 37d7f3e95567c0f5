import { existsSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { MigrationFile } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import type { FormatContext } from '../contract.js'
import { type FileReader, hashReader, listFolder, refuseDuplicateNames, scanAll } from '../files.js'
import type { ReadFiles } from '../read-files.js'
import { refuseForeignFolder, refuseMarks } from './foreign.js'

const ending = '.sql'
const upEnding = '.up.sql'
const downEnding = '.down.sql'

/** The SQL files of a folder, told apart. File names, not paths. */
export interface SqlFolder {
  ups: { name: string; file: string }[]
  downs: Set<string>
}

/**
 * Lists a folder of SQL files.
 *
 * @param read keeps what small files hold
 * @throws GODWIT_FOLDER_MISSING, GODWIT_FILE_UNREADABLE, GODWIT_DUPLICATE_NAME, GODWIT_FOREIGN_FOLDER,
 *   GODWIT_SQL_MIXED_PREFIXES, GODWIT_SQL_LONE_DOWN
 */
export async function listSqlFolder(
  folder: string,
  { projectDir }: Pick<FormatContext, 'projectDir'>,
  read?: ReadFiles,
): Promise<MigrationFile[]> {
  const { ups, downs } = readSqlFolder(folder, projectDir)
  const inProject = relative(projectDir, folder) || '.'
  refuseForeignFolder(folder, inProject, [...ups.map((up) => up.file), ...downs])
  const paths = ups.map((up) => folder + sep + up.file)
  refuseDuplicateNames(
    ups.map(({ name }, index) => ({ name, file: paths[index] ?? '' })),
    projectDir,
  )
  refuseLoneDowns(inProject, ups, downs)
  refuseMixedPrefixes(inProject, ups)
  const hashes = await scanAll(paths, projectDir, (path) => watched(path, inProject), read)
  return ups.map(({ name }, index) => {
    const hash = hashes[index] ?? ''
    return {
      name,
      file: paths[index] ?? '',
      sortKey: name,
      hash,
      checksum: hash.slice(hash.indexOf(':') + 1),
      reversible: downs.has(name + downEnding),
    }
  })
}

/** Tells the files of a folder apart by their names. Hidden files are none of ours. */
export function readSqlFolder(folder: string, projectDir: string): SqlFolder {
  const names = listFolder(folder, projectDir)
    .filter((entry) => !entry.isFolder && entry.name.endsWith(ending) && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
  const downs = new Set(names.filter((name) => name.endsWith(downEnding)))
  const ups = names.filter((name) => !downs.has(name)).map((file) => ({ name: nameOf(file), file }))
  return { ups, downs }
}

/** The file of the way back, or `null` when there is none. */
export function downFileOf(file: Pick<MigrationFile, 'name' | 'file'>): string | null {
  const path = join(dirname(file.file), file.name + downEnding)
  return existsSync(path) ? path : null
}

/** The number that a name begins with, as its digits. */
export function prefixOf(name: string): string {
  return /^\d*/.exec(name)?.[0] ?? ''
}

function nameOf(file: string): string {
  return file.slice(0, file.endsWith(upEnding) ? -upEnding.length : -ending.length)
}

function refuseLoneDowns(folder: string, ups: SqlFolder['ups'], downs: Set<string>): void {
  const names = new Set(ups.map((up) => up.name))
  for (const down of downs) {
    const name = down.slice(0, -downEnding.length)
    if (names.has(name)) continue
    throw new GodwitError('GODWIT_SQL_LONE_DOWN', { file: join(folder, down), expected: join(folder, name + ending) })
  }
}

// Rule 40: ordered by bytes, 10 would come before 2.
function refuseMixedPrefixes(folder: string, ups: SqlFolder['ups']): void {
  const [first, ...others] = ups
  if (first === undefined) return
  const other = others.find((up) => prefixOf(up.name).length !== prefixOf(first.name).length)
  if (other !== undefined)
    throw new GodwitError('GODWIT_SQL_MIXED_PREFIXES', { folder, files: [first.file, other.file] })
}

function watched(path: string, folder: string): FileReader<string> {
  const reader = hashReader('sql')
  let first = true
  return {
    push(piece) {
      if (first) refuseMarks(piece, path, folder)
      first = false
      reader.push(piece)
    },
    end: reader.end,
  }
}
