import { relative } from 'node:path'
import type { Direction, MigrationFile } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import { loadModule } from '../../loading/load-module.js'
import type { Body } from '../contract.js'
import { type Action, call, callStyle } from './call.js'
import { defaultOf } from './default-of.js'

/**
 * Imports a migration for one direction; `null`: it says `down = false`.
 *
 * @throws GODWIT_MIGRATE_MONGO_NO_UP, GODWIT_MONGO_NO_DOWN, GODWIT_MONGO_TRANSACTION, and what importing a file throws
 */
export async function loadMigration(
  { name, file: path }: Pick<MigrationFile, 'name' | 'file'>,
  direction: Direction,
  projectDir: string,
): Promise<Body | null> {
  const module = await loadModule(path, { projectDir })
  const migration = membersOf(defaultOf(module))
  const says = (word: string): boolean => (migration[word] ?? membersOf(module)[word]) === true
  const file = relative(projectDir, path)
  const { up, down } = migration
  if (typeof up !== 'function')
    throw new GodwitError('GODWIT_MIGRATE_MONGO_NO_UP', { file, found: kindOf(up) }, { file })
  if (typeof down !== 'function' && down !== false) throw new GodwitError('GODWIT_MONGO_NO_DOWN', { file }, { file })
  const written = direction === 'up' ? up : down
  if (written === false) return null
  // As a method of what was exported, which may be an object with more in it.
  const action = written as Action
  const transaction = says('transaction')
  const style = callStyle(action, transaction)
  if (transaction && !style.work) {
    const hint = `Only what is given the session takes part in a transaction: ${direction} = async (db, client, { session }) => {}. Nothing was run.`
    throw new GodwitError('GODWIT_MONGO_TRANSACTION', { name, file, direction }, { file, hint })
  }
  return {
    kind: 'documents',
    transaction,
    idempotent: says('idempotent'),
    run: (work) => call(action.bind(migration), style, work),
  }
}

function membersOf(value: unknown): Record<string, unknown> {
  const holds = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return holds ? (value as Record<string, unknown>) : {}
}

function kindOf(value: unknown): string {
  return value === undefined ? 'nothing' : value === null ? '`null`' : `a ${typeof value}`
}
