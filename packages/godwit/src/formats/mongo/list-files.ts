import { basename, relative } from 'node:path'
import type { FormatContext } from '../contract.js'
import { contentHash } from '../files.js'
import { type FoundMigration, kindOf, migrationOf, objectsIn } from './found.js'
import { importMigrations } from './imported.js'
import type { ModuleGraph, SourceModule } from './module-graph.js'
import type { Value } from './module-shapes.js'

type Context = Pick<FormatContext, 'projectDir' | 'warn' | 'verbose'>

/**
 * Lists the migrations that files export, from their texts where those tell. Only a file whose name begins with a
 * number is imported for that: another one may be somebody's script.
 *
 * @throws GODWIT_MONGO_NOT_A_MIGRATION, and what importing a file throws
 */
export async function listFiles(
  files: readonly string[],
  graph: ModuleGraph,
  context: Context,
  told: Set<string>,
): Promise<FoundMigration[]> {
  const found: FoundMigration[] = []
  const listed = new Set(files)
  for (const [index, file] of files.entries()) {
    if (index % 500 === 499) await new Promise(setImmediate)
    const module = graph.module(file)
    const own = exportedBy(graph, module, listed, context.projectDir) ?? (await imported(module, context, told))
    if (own.length === 0) noteEmpty(file, context, told)
    found.push(...own)
  }
  return found
}

/** The migrations that a module exports and holds itself; `undefined`: its text does not tell. */
function exportedBy(
  graph: ModuleGraph,
  module: SourceModule,
  listed: ReadonlySet<string>,
  projectDir: string,
): FoundMigration[] | undefined {
  const { text } = module
  if (text === undefined || text.mayExportMore) return undefined
  if (text.passesOn.some((from) => !listed.has(graph.fileOf(module.path, from) ?? ''))) return undefined
  const alone = objectsIn(module).length === 1
  const found: FoundMigration[] = []
  for (const name of text.exports.keys()) {
    const followed = graph.exported(module, name)
    if (followed.found === 'unsure') return undefined
    if (followed.found === 'nothing') continue
    // What another listed file holds is found there.
    if (followed.module !== module && listed.has(followed.module.path)) continue
    if (followed.module !== module) return undefined
    for (const value of flat(graph, module, followed.found)) {
      if (value === undefined) return undefined
      if (value.kind !== 'object' || !(value.object.hasUp || value.object.opaque)) continue
      const migration = migrationOf(module, value, projectDir, alone)
      if (migration === undefined) return undefined
      found.push(migration)
    }
  }
  return found
}

function flat(graph: ModuleGraph, module: SourceModule, value: Value): (Value | undefined)[] {
  if (value.kind !== 'array') return [value]
  return value.entries.flatMap((entry) => {
    const followed = graph.follow(module, entry.kind === 'spread' ? entry.of : entry)
    if (typeof followed.found !== 'object') return [undefined]
    return followed.module === module ? flat(graph, module, followed.found) : []
  })
}

async function imported(
  { path, content, source }: SourceModule,
  { projectDir, verbose, warn }: Context,
  told: Set<string>,
): Promise<FoundMigration[]> {
  const shown = relative(projectDir, path)
  if (!/^\d/.test(basename(path))) {
    // Without these two words no object in it is a migration.
    if (!/\bup\b/.test(source) || !/\bname\b/.test(source) || told.has(path)) return []
    told.add(path)
    warn(`${shown} is left out: its text does not tell what it exports, and only files named 001-… are imported to see`)
    return []
  }
  verbose(`mongo: ${shown} is imported to list it: its text does not tell what it exports`)
  const migrations = await importMigrations(path, projectDir)
  return migrations.map(({ name, down }, start) => {
    // Several that only running tells apart are edited together.
    return {
      name,
      file: path,
      hash: contentHash(content, kindOf(path)),
      reversible: down !== false && down !== undefined,
      start,
    }
  })
}

/** A file that is named like a migration and holds none deserves a word; others lie there for their own reasons. */
function noteEmpty(file: string, { projectDir, warn, verbose }: Context, told: Set<string>): void {
  if (told.has(file)) return
  told.add(file)
  const say = /^\d/.test(basename(file)) ? warn : verbose
  say(`${relative(projectDir, file)} exports no migration, so it is left out`)
}
