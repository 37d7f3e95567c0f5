import { relative } from 'node:path'
import type { MigrationFile } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import { contentHash, refuseDuplicateNames } from '../files.js'
import { lineAt } from './expression.js'
import type { SourceModule } from './module-graph.js'
import type { Value } from './module-shapes.js'
import { sortKeyOf } from './sort-key.js'

/** A migration that texts, or running them, showed. */
export interface FoundMigration {
  name: string
  /** Absolute path of the file it is written in. */
  file: string
  hash: string
  reversible: MigrationFile['reversible']
  /** Which of the file's objects it is: the same one may be listed twice. */
  start: number
}

type ObjectValue = Value & { kind: 'object' }

/** The kind of a module's text, by its ending. */
export function kindOf(path: string): 'ts' | 'js' {
  return /\.[cm]?ts$/.test(path) ? 'ts' : 'js'
}

/**
 * The migration that an object literal is; `undefined`: its text does not tell its name.
 *
 * @param alone its file holds nothing else that is a migration, so all of the file belongs to it
 * @throws GODWIT_MONGO_NOT_A_MIGRATION
 */
export function migrationOf(
  { path, content, source }: SourceModule,
  value: Value,
  projectDir: string,
  alone: boolean,
): FoundMigration | undefined {
  const line = () => lineAt(source, value.start)
  if (value.kind !== 'object') throw notAMigration(path, projectDir, 'it is not an object', line())
  const { name, hasUp, down, opaque } = value.object
  if (opaque && (name === null || !hasUp)) return undefined
  if (name === undefined) return undefined
  if (name === null) throw notAMigration(path, projectDir, "it has no 'name'", line())
  if (name.trim() === '') throw notAMigration(path, projectDir, "its 'name' is empty", line())
  if (!hasUp) throw notAMigration(path, projectDir, "it has no 'up'", line(), name)
  // With several in one file each is hashed by itself: adding another is no edit of the first.
  const text = alone ? content : Buffer.from(source.slice(value.start, value.end))
  const reversible = down === false || (down === 'missing' && !opaque) ? false : opaque ? 'unknown' : true
  return { name, file: path, hash: contentHash(text, kindOf(path)), reversible, start: value.start }
}

/** The objects in a module's text that are migrations, each once. */
export function objectsIn({ text }: SourceModule): ObjectValue[] {
  const values = [...(text?.values.values() ?? []), ...(text?.exports.values() ?? [])]
  const inner = values.flatMap((value) => (value.kind === 'array' ? value.entries : [value]))
  const objects = inner.filter((value): value is ObjectValue => value.kind === 'object' && value.object.hasUp)
  return [...new Map(objects.map((value) => [value.start, value])).values()]
}

/** The engine's list, each migration once. @throws GODWIT_DUPLICATE_NAME */
export function toFiles(found: readonly FoundMigration[], projectDir: string): MigrationFile[] {
  const each = new Map(
    found.map((migration) => [`${migration.file}\n${migration.start}\n${migration.name}`, migration]),
  )
  const unique = [...each.values()]
  refuseDuplicateNames(unique, projectDir)
  return unique.map(({ name, file, hash, reversible }) => ({ name, file, hash, reversible, sortKey: sortKeyOf(name) }))
}

/** An error that says why something is no migration. */
export function notAMigration(
  path: string,
  projectDir: string,
  reason: string,
  line?: number,
  name?: string,
): GodwitError {
  const file = relative(projectDir, path)
  const facts = { file, reason, ...(line === undefined ? {} : { line }), ...(name === undefined ? {} : { name }) }
  return new GodwitError('GODWIT_MONGO_NOT_A_MIGRATION', facts, { file, ...(line === undefined ? {} : { line }) })
}
