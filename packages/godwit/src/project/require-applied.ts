import { isWaiting, type MigrationStatus } from '../engine/migration.js'
import { GodwitError } from '../errors.js'

/**
 * Says no where a migration that is there was not applied, or not to its end. What was applied and has no file does not count:
 * while a deploy goes on, the older version runs on the schema of the newer one.
 *
 * @throws GODWIT_BEHIND
 */
export function requireApplied(migrations: readonly MigrationStatus[]): void {
  const names = (states: readonly MigrationStatus[]) => states.map(({ name }) => name)
  const waiting = names(migrations.filter(({ state }) => isWaiting(state)))
  const failed = names(migrations.filter(({ state }) => state === 'failed'))
  if (waiting.length + failed.length > 0) throw new GodwitError('GODWIT_BEHIND', { waiting, failed })
}
