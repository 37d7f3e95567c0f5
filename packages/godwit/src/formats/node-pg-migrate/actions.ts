import { relative } from 'node:path'
import type { Direction } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import { exportsOf, loadModule } from '../../loading/load-module.js'
import type { Shorthands } from './shorthands.js'

/** A migration's function; with two parameters it is done when it calls the second. */
export type Action = (builder: unknown, done?: (error?: unknown) => void) => unknown

/** What to call for one direction. */
export interface ChosenAction {
  action: Action
  /** The builder turns every operation around: there is no `down`, so it is `up` backwards. */
  reverse: boolean
}

/** What a migration file exports. */
export interface Actions {
  up: unknown
  down: unknown
  shorthands: Shorthands
  /** `export const retry = true`: it may be called again when it could not get a lock. */
  retry: boolean
}

/** Imports a migration. @throws GODWIT_FILE_THROWS, GODWIT_FILE_SYNTAX, GODWIT_MODULE_NOT_FOUND, GODWIT_FILE_UNREADABLE */
export async function loadActions(path: string, projectDir: string): Promise<Actions> {
  const loaded = exportsOf(await loadModule(path, { projectDir }))
  const { up, down, shorthands, retry } = isRecord(loaded.default) ? { ...loaded.default, ...loaded } : loaded
  return { up, down, shorthands: isRecord(shorthands) ? shorthands : {}, retry: retry === true }
}

/**
 * Chooses as node-pg-migrate does: without a `down`, `up` is turned around; `false` disables a direction, which gives
 * `null` for the way back.
 *
 * @throws GODWIT_PGM_NO_ACTION
 */
export function chooseAction(
  { up, down }: Actions,
  direction: Direction,
  path: string,
  projectDir: string,
): ChosenAction | null {
  const chosen = direction === 'up' ? up : down === undefined ? up : down
  if (direction === 'down' && chosen === false) return null
  if (typeof chosen !== 'function') {
    const found = chosen === undefined ? 'nothing' : chosen === false ? '`false`' : `a ${typeof chosen}`
    throw new GodwitError('GODWIT_PGM_NO_ACTION', { file: relative(projectDir, path), direction, found })
  }
  return { action: chosen as Action, reverse: direction === 'down' && (down === undefined || down === up) }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
