import { basename, extname, relative, resolve } from 'node:path'
import type { MigrationFile } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import { type ContentKind, type FileReader, hashReader, listFolder, refuseDuplicateNames, scanAll } from '../files.js'
import { type FileOrder, migrationName, type NumberOf, orderFiles } from './file-order.js'
import type { Settings } from './settings.js'
import { mayGiveShorthands } from './shorthands.js'
import { SectionFinder } from './sql-sections.js'

const kinds: Readonly<Record<string, ContentKind>> = {
  '.sql': 'sql',
  '.js': 'js',
  '.cjs': 'js',
  '.mjs': 'js',
  '.ts': 'ts',
  '.cts': 'ts',
  '.mts': 'ts',
}

/** What a listing found. */
export interface Listing {
  /** In the order of application. */
  files: MigrationFile[]
  /** Those that may export shorthands, by path. */
  givingShorthands: ReadonlySet<string>
  order: FileOrder
}

/**
 * Lists the migrations as node-pg-migrate does, and hashes them. Nothing is imported.
 *
 * @throws GODWIT_FOLDER_MISSING, GODWIT_FILE_UNREADABLE, GODWIT_DUPLICATE_NAME, GODWIT_PGM_NO_NUMBER, GODWIT_PGM_SQL_PAIR
 */
export async function listMigrations(
  source: Settings['source'],
  numberOf: NumberOf,
  projectDir: string,
): Promise<Listing> {
  const paths = (await findPaths(source, projectDir)).filter((path) => kindOf(path) !== undefined)
  refuseDuplicateNames(
    paths.map((path) => ({ name: migrationName(path), file: path })),
    projectDir,
  )
  refuseUnnumbered(paths, numberOf, projectDir)
  refusePairs(paths, projectDir)
  const order = orderFiles(
    paths.map((path) => basename(path)),
    numberOf,
  )
  const sorted = paths
    .map((path) => ({ path, sortKey: order.keyOf(basename(path)) }))
    .sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1))
  const found = await scanAll(
    sorted.map(({ path }) => path),
    projectDir,
    readerOf,
  )
  const givingShorthands = new Set(sorted.filter((_, i) => found[i]?.givesShorthands).map(({ path }) => path))
  const files = sorted.map(({ path, sortKey }, index) => ({
    name: migrationName(path),
    file: path,
    sortKey,
    hash: found[index]?.hash ?? '',
    reversible: found[index]?.reversible ?? ('unknown' as const),
  }))
  return { files, givingShorthands, order }
}

/** The names of a folder's migration files, as `create` needs them; none when there is no folder yet. */
export function fileNamesIn(folder: string, ignored: RegExp, projectDir: string): string[] {
  try {
    return entriesOf(folder, ignored, projectDir).filter((name) => kindOf(name) !== undefined)
  } catch (error) {
    if (error instanceof GodwitError && error.code === 'GODWIT_FOLDER_MISSING') return []
    throw error
  }
}

async function findPaths(source: Settings['source'], projectDir: string): Promise<string[]> {
  if ('folder' in source) {
    return entriesOf(source.folder, source.ignored, projectDir).map((name) => resolve(source.folder, name))
  }
  const { glob } = await import('tinyglobby')
  return await glob(source.globs, {
    cwd: projectDir,
    ignore: source.ignored,
    absolute: true,
    onlyFiles: true,
    expandDirectories: false,
  })
}

function entriesOf(folder: string, ignored: RegExp, projectDir: string): string[] {
  return listFolder(folder, projectDir)
    .filter((entry) => !entry.isFolder && !ignored.test(entry.name))
    .map((entry) => entry.name)
}

// What cannot be a migration (a README, a source map, type declarations) is left alone; node-pg-migrate trips over it.
function kindOf(path: string): ContentKind | undefined {
  return /\.d\.[cm]?ts$/.test(path) ? undefined : kinds[extname(path).toLowerCase()]
}

function readerOf(path: string): FileReader<{
  hash: string
  givesShorthands: boolean
  reversible: MigrationFile['reversible']
}> {
  const kind = kindOf(path) ?? 'js'
  const hash = hashReader(kind)
  if (kind === 'sql') {
    const sections = new SectionFinder()
    return {
      push(piece) {
        hash.push(piece)
        sections.push(piece.toString('latin1'))
      },
      end: () => ({ hash: hash.end(), givesShorthands: false, reversible: sections.end().down !== undefined }),
    }
  }
  const text: Buffer[] = []
  return {
    push(piece) {
      hash.push(piece)
      text.push(piece)
    },
    end: () => ({
      hash: hash.end(),
      givesShorthands: mayGiveShorthands(Buffer.concat(text).toString('latin1')),
      reversible: 'unknown',
    }),
  }
}

function refuseUnnumbered(paths: readonly string[], numberOf: NumberOf, projectDir: string): void {
  // A single file needs no order, and node-pg-migrate asks for none.
  if (paths.length < 2) return
  const path = paths.find((path) => numberOf(basename(path)) === null)
  if (path !== undefined) throw new GodwitError('GODWIT_PGM_NO_NUMBER', { file: relative(projectDir, path) })
}

// node-pg-migrate's default loader would take `x.down.sql` for a migration of its own and undo right after doing.
function refusePairs(paths: readonly string[], projectDir: string): void {
  const all = new Set(paths)
  const up = paths.find((path) => path.endsWith('.up.sql') && all.has(path.replace(/\.up\.sql$/, '.down.sql')))
  if (up === undefined) return
  const files = [up, up.replace(/\.up\.sql$/, '.down.sql')].map((path) => relative(projectDir, path))
  throw new GodwitError('GODWIT_PGM_SQL_PAIR', { files })
}
