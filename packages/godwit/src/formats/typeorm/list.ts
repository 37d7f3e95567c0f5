import { statSync } from 'node:fs'
import { basename, dirname, extname, relative, resolve } from 'node:path'
import type { MigrationFile } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import type { FormatContext } from '../contract.js'
import { readAll, refuseDuplicateNames } from '../files.js'
import { originsOf } from './class-origins.js'
import { importMigrations } from './imported-classes.js'
import { ListingCache } from './listing-cache.js'
import { type FoundMigration, foundIn, type ReadFile } from './read-file.js'
import { sortKeyOf, timestampOf } from './timestamps.js'

/** Who is told what listing finds; `remember: false`: nothing of it is kept for the next time. */
export type ListContext = Pick<FormatContext, 'projectDir' | 'warn' | 'verbose'> & { remember?: boolean }

/**
 * Lists the migrations of some files from their texts (rule 22). A `.ts` and its compiled `.js` are one migration: the
 * `.ts`, unless `compiled` asks for the `.js` and it is not older.
 *
 * @throws GODWIT_TYPEORM_NO_TIMESTAMP, GODWIT_DUPLICATE_NAME, GODWIT_FILE_UNREADABLE
 */
export async function listMigrations(
  paths: readonly string[],
  compiled: boolean,
  context: ListContext,
): Promise<MigrationFile[]> {
  const { projectDir } = context
  const cache = new ListingCache(projectDir)
  const files = await readAll(paths, projectDir, (content, path) => foundIn(content, path, cache))
  if (context.remember !== false) cache.save()
  const listed = new Set(paths.map(withoutEnding))
  const found: FoundMigration[] = []
  for (const file of files) {
    const own = await migrationsOf(file, listed, context)
    if (own.length === 0 && file.passesOn.length === 0) noteEmpty(file.path, context)
    found.push(...own)
  }
  return toFiles(oneEach(found, compiled), projectDir)
}

/** Turns what was found into the engine's list, in the order it was found in. */
export function toFiles(found: readonly FoundMigration[], projectDir: string): MigrationFile[] {
  for (const { name, file } of found) {
    if (timestampOf(name) !== undefined) continue
    throw new GodwitError('GODWIT_TYPEORM_NO_TIMESTAMP', { className: name, file: relative(projectDir, file) })
  }
  refuseDuplicateNames(found, projectDir)
  return found.map(({ name, file, hash, reversible }, position) => {
    return { name, file, sortKey: sortKeyOf(name, position), hash, reversible }
  })
}

async function migrationsOf(
  { path, kind, hash, found, passesOn }: ReadFile,
  listed: ReadonlySet<string>,
  { projectDir, verbose }: Pick<FormatContext, 'projectDir' | 'verbose'>,
): Promise<FoundMigration[]> {
  const foreign = passesOn.filter((module) => !isListed(module, path, listed))
  if (found !== 'unsure' && foreign.length === 0) return found
  verbose(`typeorm: ${relative(projectDir, path)} is imported to list it: its text does not tell what it exports`)
  const imported = await importMigrations(path, projectDir)
  // A module that gathers migrations is not where they stand: each is hashed where it is written.
  const origins = originsOf(path)
  return imported.map(({ name, instance }) => {
    return origins.get(name) ?? { name, file: path, kind, hash, reversible: typeof instance.down === 'function' }
  })
}

/** Whether a re-exported module is itself among the listed files, which then hold its classes. */
function isListed(module: string, importer: string, listed: ReadonlySet<string>): boolean {
  if (!module.startsWith('.')) return false
  const target = resolve(dirname(importer), module)
  return listed.has(target) || listed.has(withoutEnding(target)) || listed.has(`${target}/index`)
}

function withoutEnding(path: string): string {
  return path.replace(/\.[cm]?[jt]s$/, '')
}

/** Leaves one of a source and its compiled output; others of the same name stay, to be refused. */
function oneEach(found: readonly FoundMigration[], compiled: boolean): FoundMigration[] {
  const kept = new Map<string, FoundMigration>()
  const others: FoundMigration[] = []
  for (const migration of found) {
    const key = `${migration.name}\n${withoutEnding(basename(migration.file))}`
    const other = kept.get(key)
    if (other === undefined) kept.set(key, migration)
    else if (other.file === migration.file) continue
    else if (other.kind === migration.kind) others.push(migration)
    else kept.set(key, choose(migration, other, compiled))
  }
  return [...kept.values(), ...others]
}

function choose(one: FoundMigration, other: FoundMigration, compiled: boolean): FoundMigration {
  const [ts, js] = one.kind === 'ts' ? [one, other] : [other, one]
  return compiled && statSync(js.file).mtimeMs >= statSync(ts.file).mtimeMs ? js : ts
}

/** A file that is named like a migration and holds none deserves a word; others lie there for their own reasons. */
function noteEmpty(
  path: string,
  { projectDir, warn, verbose }: Pick<FormatContext, 'projectDir' | 'warn' | 'verbose'>,
): void {
  const say = /\d{13}/.test(basename(path, extname(path))) ? warn : verbose
  say(`${relative(projectDir, path)} exports no migration class, so it is left out`)
}
