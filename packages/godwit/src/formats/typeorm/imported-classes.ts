import { relative } from 'node:path'
import { GodwitError } from '../../errors.js'
import { reasonOf } from '../../loading/error-facts.js'
import { exportsOf, loadModule } from '../../loading/load-module.js'
import { glob } from './migration-files.js'
import { timestampOf } from './timestamps.js'
import { isEntitySchema, type Migration } from './typeorm-shapes.js'

type Class = new () => unknown

/** A migration as TypeORM sees it: an instance and the name it goes by. */
export interface ImportedMigration {
  name: string
  instance: Migration
}

/**
 * All classes and entity schemas among a module's exports, also inside of exported arrays and objects, as TypeORM's
 * DirectoryExportedClassesLoader collects them.
 */
export function classesIn(exported: unknown): unknown[] {
  if (typeof exported === 'function' || isEntitySchema(exported)) return [exported]
  if (Array.isArray(exported)) return exported.flatMap(classesIn)
  if (typeof exported === 'object' && exported !== null) return Object.values(exported).flatMap(classesIn)
  return []
}

/** Imports a file and makes its migrations, each once. Throws what importing a file throws. */
export async function importMigrations(file: string, projectDir: string): Promise<ImportedMigration[]> {
  const classes = new Set(classesIn(exportsOf(await loadModule(file, { projectDir }))))
  try {
    return [...classes].flatMap(migrationOf)
  } catch (error) {
    const facts = { file: relative(projectDir, file), reason: reasonOf(error) }
    throw new GodwitError('GODWIT_FILE_THROWS', facts, { cause: error, file: facts.file })
  }
}

/** An instance of a class that has an `up`; nothing for any other value. */
export function migrationOf(value: unknown): ImportedMigration[] {
  if (typeof value !== 'function' || !value.prototype) return []
  // A plain function that is exported beside a class must not be called; compiled to ES5 a class looks like one.
  const isClass = /^class\b/.test(Function.prototype.toString.call(value)) || 'up' in value.prototype
  if (!isClass && timestampOf(value.name) === undefined) return []
  const instance = new (value as Class)() as Migration
  if (typeof instance.up !== 'function') return []
  return [{ name: instance.name || value.name, instance }]
}

/** The entity classes of a DataSource, with its globs loaded. Throws what importing a file throws. */
export async function importEntities(entities: unknown, projectDir: string): Promise<unknown[]> {
  const given = Array.isArray(entities) ? entities : Object.values(entities ?? {})
  const globs = given.filter((entity): entity is string => typeof entity === 'string')
  const found = new Set(given.filter((entity) => typeof entity !== 'string'))
  for (const file of await glob(globs, projectDir)) {
    for (const entity of classesIn(exportsOf(await loadModule(file, { projectDir })))) found.add(entity)
  }
  return [...found]
}
