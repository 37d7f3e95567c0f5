import { basename, dirname, extname, join, relative } from 'node:path'
import { byOrder } from '../../engine/order.js'
import { GodwitError } from '../../errors.js'
import type { FormatContext } from '../contract.js'
import { listFolder } from '../files.js'
import { lineAt } from './expression.js'
import { isMigrationFile } from './find-migrations.js'
import { type FoundMigration, migrationOf, notAMigration, objectsIn } from './found.js'
import type { ModuleGraph, SourceModule } from './module-graph.js'
import type { Value } from './module-shapes.js'
import { sortKeyOf } from './sort-key.js'

/** An array of migrations, and the module it is written in. */
export interface FoundArray {
  module: SourceModule
  array: Value & { kind: 'array' }
}

/** The `migrations` array of a module, or the one it exports by default; `undefined`: its text does not tell. */
export function findArray(graph: ModuleGraph, file: string): FoundArray | undefined {
  const module = graph.module(file)
  const { text } = module
  if (text === undefined) return undefined
  const { values, exports } = text
  const place = values.has('migrations') ? 'local' : exports.has('migrations') ? 'migrations' : 'default'
  if (place === 'default' && (text.mayExportMore || text.passesOn.length > 0)) return undefined
  const followed = place === 'local' ? graph.local(module, 'migrations') : graph.exported(module, place)
  if (typeof followed.found !== 'object' || followed.found.kind !== 'array') return undefined
  return { module: followed.module, array: followed.found }
}

/**
 * The migrations that an array lists; `undefined`: its text does not tell.
 *
 * @throws GODWIT_MONGO_NOT_A_MIGRATION, GODWIT_MONGO_NOT_FOUND
 */
export function listEntries(
  graph: ModuleGraph,
  { module, array }: FoundArray,
  projectDir: string,
): FoundMigration[] | undefined {
  const found: FoundMigration[] = []
  for (const entry of array.entries) {
    const followed = graph.follow(module, entry.kind === 'spread' ? entry.of : entry)
    if (followed.found === 'unsure') return undefined
    if (followed.found === 'nothing') throw missing(module, entry, followed.reason, projectDir)
    const inner = followed.found
    if (inner.kind === 'array' && entry.kind === 'spread') {
      const more = listEntries(graph, { module: followed.module, array: inner }, projectDir)
      if (more === undefined) return undefined
      found.push(...more)
      continue
    }
    if (inner.kind !== 'object') {
      const written = module.source.slice(entry.start, entry.end)
      throw notAMigration(
        module.path,
        projectDir,
        `the entry ${shortened(written)} is not an object`,
        lineAt(module.source, entry.start),
      )
    }
    const isInline = followed.module === module
    const alone = !isInline && objectsIn(followed.module).length === 1
    const migration = migrationOf(followed.module, inner, projectDir, alone)
    if (migration === undefined) return undefined
    found.push(migration)
  }
  return found
}

/** Tells what the author of an array may have overlooked. Each message comes once for `told`. */
export function noteOversights(
  file: string,
  found: readonly FoundMigration[],
  { projectDir, warn }: Pick<FormatContext, 'projectDir' | 'warn'>,
  told: Set<string>,
): void {
  const say = (message: string): void => {
    if (told.has(message)) return
    told.add(message)
    warn(message)
  }
  const shown = relative(projectDir, file)
  const keyed = found.map(({ name }) => ({ name, sortKey: sortKeyOf(name) }))
  const late = keyed.findIndex((each, i) => i > 0 && byOrder(keyed[i - 1] ?? each, each) > 0)
  if (late > 0)
    say(
      `${shown} lists ${keyed[late]?.name} behind ${keyed[late - 1]?.name}; migrations run in the order of their names`,
    )
  const listed = new Set(found.map((migration) => stem(migration.file)))
  for (const { name, isFolder } of listFolder(dirname(file), projectDir)) {
    const path = join(dirname(file), name)
    if (isFolder || !/^\d/.test(name) || !isMigrationFile(name) || listed.has(stem(path))) continue
    say(`${relative(projectDir, path)} is not in the array of ${shown}, so it is left out`)
  }
}

function missing(module: SourceModule, entry: Value, reason: string, projectDir: string): GodwitError {
  const file = relative(projectDir, module.path)
  const line = lineAt(module.source, entry.start)
  const entryText = shortened(module.source.slice(entry.start, entry.end))
  return new GodwitError('GODWIT_MONGO_NOT_FOUND', { file, line, entry: entryText, reason }, { file, line })
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 60 ? `${line.slice(0, 57)}…` : line
}

function stem(path: string): string {
  return basename(path, extname(path))
}
