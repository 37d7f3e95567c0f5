import { createRequire } from 'node:module'
import { relative } from 'node:path'
import { exportsOf, loadModule } from '../../loading/load-module.js'
import { moduleKindOf } from '../../loading/module-kind.js'
import type { FormatContext } from '../contract.js'
import { contentHash } from '../files.js'
import { type FoundMigration, kindOf, migrationOf, objectsIn } from './found.js'
import { type ImportedMigration, importArray } from './imported.js'
import type { ModuleGraph, SourceModule } from './module-graph.js'

const importPattern = /(?:\bfrom|\bimport|\brequire\s*\()\s*(["'])(\.{1,2}\/[^"'\n]+)\1/g
// The module of the array imports its migrations, perhaps through an index of them.
const levels = 3

/**
 * Lists an array by importing its module, each migration with the file that exports it: where it is written is what
 * its hash is made of.
 *
 * @throws GODWIT_MONGO_NO_ARRAY, GODWIT_MONGO_NOT_A_MIGRATION, and what importing a file throws
 */
export async function listByImport(
  file: string,
  graph: ModuleGraph,
  { projectDir, verbose }: Pick<FormatContext, 'projectDir' | 'verbose'>,
): Promise<{ found: FoundMigration[]; imported: ImportedMigration[] }> {
  verbose(`mongo: ${relative(projectDir, file)} is imported to list it: its text does not tell what the array holds`)
  const imported = await importArray(file, projectDir)
  const origins = new Map<unknown, string>()
  await visit(file, levels, graph, projectDir, new Set([file]), origins)
  const found = imported.map((migration, start): FoundMigration => {
    const { name, down } = migration
    const reversible = down !== false && down !== undefined
    const origin = origins.get(migration)
    const written = writtenIn(graph.module(origin ?? file), name, projectDir, file)
    if (written !== undefined) return written
    if (origin !== undefined) {
      const { content } = graph.module(origin)
      return { name, file: origin, hash: contentHash(content, kindOf(origin)), reversible, start: 0 }
    }
    verbose(`mongo: the file of ${name} is not known, so an edit of it will not be noticed`)
    const hash = contentHash(Buffer.from(`${relative(projectDir, file)}\n${name}`), kindOf(file))
    return { name, file, hash, reversible, start }
  })
  return { found, imported }
}

/** What a text tells of a migration is taken from there: its hash does not depend on how the array is read. */
function writtenIn(module: SourceModule, name: string, projectDir: string, array: string): FoundMigration | undefined {
  const objects = objectsIn(module)
  const own = objects.find((value) => value.object.name === name)
  return own && migrationOf(module, own, projectDir, objects.length === 1 && module.path !== array)
}

async function visit(
  file: string,
  level: number,
  graph: ModuleGraph,
  projectDir: string,
  seen: Set<string>,
  into: Map<unknown, string>,
): Promise<void> {
  if (level === 0) return
  for (const [, , specifier = ''] of graph.module(file).source.matchAll(importPattern)) {
    const target = graph.fileOf(file, specifier)
    if (target === undefined || seen.has(target) || !wasLoaded(target)) continue
    seen.add(target)
    // First what it gathers from others: where a value is written comes last and stays.
    for (const value of Object.values(exportsOf(await loadModule(target, { projectDir })))) into.set(value, target)
    await visit(target, level - 1, graph, projectDir, seen, into)
  }
}

// An import of types alone leaves nothing behind, and must not run a file now.
function wasLoaded(file: string): boolean {
  return moduleKindOf(file) === 'esm' || createRequire(file).cache[file] !== undefined
}
