import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import type { FormatContext } from '../contract.js'
import { contentHash } from '../files.js'
import { type ImportedMigration, migrationOf } from './imported-classes.js'
import { type FoundMigration, foundIn, kindOf } from './read-file.js'

const endings = ['', '.ts', '.js', '.mts', '.cts', '.mjs', '.cjs', '/index.ts', '/index.js']
const importPattern = /(?:\bfrom|\bimport|\brequire\s*\()\s*(["'])(\.{1,2}\/[^"'\n]+)\1/g
// A data source imports its migrations, perhaps through an index of them.
const levels = 3

/**
 * The migrations of classes that a DataSource lists itself instead of globs, with the files they stand in, which are
 * looked for along the relative imports of the data-source file.
 */
export function migrationsOfClasses(
  classes: readonly unknown[],
  dataSourceFile: string,
  { projectDir, verbose }: Pick<FormatContext, 'projectDir' | 'verbose'>,
): { found: FoundMigration[]; imported: ImportedMigration[] } {
  const imported = classes.flatMap(migrationOf)
  const texts = originsOf(dataSourceFile)
  const found = imported.map(({ name, instance }) => {
    const origin = texts.get(name)
    if (origin) return origin
    verbose(`typeorm: the file of ${name} is not known, so an edit of it will not be noticed`)
    return {
      name,
      file: dataSourceFile,
      kind: kindOf(dataSourceFile),
      hash: contentHash(Buffer.from(`${relative(projectDir, dataSourceFile)}\n${name}`), 'js'),
      reversible: typeof instance.down === 'function',
    }
  })
  return { found, imported }
}

/** The migrations, by name, that the texts of a file and of its relative imports tell for sure. */
export function originsOf(file: string): Map<string, FoundMigration> {
  const texts = new Map<string, FoundMigration>()
  visit(file, levels, new Set(), texts)
  return texts
}

function visit(file: string, level: number, seen: Set<string>, into: Map<string, FoundMigration>): void {
  if (seen.has(file)) return
  seen.add(file)
  const content = readFileSync(file)
  const { found } = foundIn(content, file)
  if (found !== 'unsure') for (const migration of found) into.set(migration.name, migration)
  if (level === 0) return
  for (const [, , specifier] of content.toString().matchAll(importPattern)) {
    const target = specifier && fileOf(resolve(dirname(file), specifier))
    if (target) visit(target, level - 1, seen, into)
  }
}

function fileOf(path: string): string | undefined {
  const paths = [path, path.replace(/\.([cm]?)js$/, '.$1ts')]
  const candidates = paths.flatMap((each) => endings.map((ending) => each + ending))
  return candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile())
}
