import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { GodwitError } from '../../errors.js'
import { exportsOf, loadModule } from '../../loading/load-module.js'
import { notAMigration } from './found.js'
import { exposeConnection } from './mongoose-module.js'

/** A migration as its module gives it. */
export interface ImportedMigration {
  name: string
  up: (...given: unknown[]) => unknown
  down?: unknown
  transaction?: unknown
  idempotent?: unknown
}

/**
 * Imports a file and gives the migrations among its exports, each once, also those in exported arrays and objects.
 *
 * @throws GODWIT_MONGO_NOT_A_MIGRATION, and what importing a file throws
 */
export async function importMigrations(file: string, projectDir: string): Promise<ImportedMigration[]> {
  const loaded = await load(file, projectDir)
  const values = new Set([...wholeModule(loaded), ...flat(exportsOf(loaded))])
  return [...values].filter(looksLikeOne).map((value) => checked(value, file, projectDir))
}

/**
 * Imports the module that holds the array, and gives what is in it.
 *
 * @throws GODWIT_MONGO_NO_ARRAY, GODWIT_MONGO_NOT_A_MIGRATION, and what importing a file throws
 */
export async function importArray(file: string, projectDir: string): Promise<ImportedMigration[]> {
  const exported = exportsOf(await load(file, projectDir))
  const arrays = Object.values(exported).filter(Array.isArray)
  const array = [exported.migrations, exported.default, arrays.length === 1 ? arrays[0] : undefined].find(Array.isArray)
  if (array === undefined) throw new GodwitError('GODWIT_MONGO_NO_ARRAY', { file: relative(projectDir, file) })
  return array.map((value: unknown, index) => {
    if (typeof value === 'object' && value !== null)
      return checked(value, file, projectDir, ` ${index + 1} of the array`)
    throw notAMigration(
      file,
      projectDir,
      `entry ${index + 1} of the array is ${value === null ? 'null' : typeof value}`,
    )
  })
}

async function load(file: string, projectDir: string): Promise<unknown> {
  if (existsSync(file)) await exposeConnection(file)
  return loadModule(file, { projectDir })
}

function flat(exported: Record<string, unknown>): unknown[] {
  return Object.values(exported).flatMap((value) => (Array.isArray(value) ? value : [value]))
}

/** `module.exports` itself, where it is a migration. */
function wholeModule(loaded: unknown): unknown[] {
  const seen = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined
  return [loaded, seen].filter((value) => looksLikeOne(value) && 'name' in value && typeof value.name === 'string')
}

function looksLikeOne(value: unknown): value is object {
  return typeof value === 'object' && value !== null && ('up' in value || ('name' in value && 'down' in value))
}

function checked(value: object, file: string, projectDir: string, which = ''): ImportedMigration {
  const { name, up } = value as { name?: unknown; up?: unknown }
  const subject = which === '' ? 'it' : `entry${which}`
  if (name === undefined) throw notAMigration(file, projectDir, `${subject} has no 'name'`)
  if (typeof name !== 'string') throw notAMigration(file, projectDir, `the 'name' of ${subject} is no text`)
  if (name.trim() === '') throw notAMigration(file, projectDir, `the 'name' of ${subject} is empty`)
  if (typeof up === 'function') return value as ImportedMigration
  const reason = up === undefined ? "it has no 'up'" : `its 'up' is a ${typeof up} and not a function`
  throw notAMigration(file, projectDir, reason, undefined, name)
}
