import type { Target } from '../databases/contract.js'
import type { Direction, MigrationFile } from '../engine/migration.js'
import { type RunContext, run, takeLock } from '../engine/run.js'
import { GodwitError } from '../errors.js'

/** What migrations are run with; the target is a throwaway one. */
export type Runner = Omit<RunContext, 'target'>

/**
 * Runs one migration on a throwaway database with the project's own engine.
 *
 * @param files the migrations up to this one, which comes last
 * @returns what it failed with
 * @throws GODWIT_INTERRUPTED, GODWIT_TERMINATED
 */
export async function runMigration(
  runner: Runner,
  target: Target,
  files: readonly MigrationFile[],
  direction: Direction,
): Promise<GodwitError | undefined> {
  const name = files.at(-1)?.name ?? ''
  const format = { ...runner.format, list: async () => [...files] }
  const context = { ...runner, format, target, waitMs: 0, onEvent: () => {} }
  try {
    const { error, steps } = await run(context, { direction, only: name, allowOutOfOrder: true })
    if (error === undefined && steps.length === 0)
      throw new GodwitError('GODWIT_BUG', { what: `${name}: nothing was run` })
    if (error !== undefined) refuseStopped(error)
    return error
  } catch (error) {
    const told = target.explain(error)
    if (!(told instanceof GodwitError) || told.code === 'GODWIT_BUG') throw told
    refuseStopped(told)
    return told
  }
}

/** Makes history and records, and what the format makes ahead of its first migration: none of it is a migration's work. */
export async function makeRecords(runner: Runner, target: Target): Promise<void> {
  await takeLock({ ...runner, target, waitMs: 0, onEvent: () => {} })
  await target.begin(await target.look(), runner.identity)
  if (runner.format.prepare !== undefined) await target.setUp(runner.format.prepare)
  await target.end('done')
}

function refuseStopped(error: GodwitError): void {
  if (error.code !== 'GODWIT_INTERRUPTED' && error.code !== 'GODWIT_TERMINATED') return
  throw new GodwitError(error.code, {}, { hint: 'Nothing of yours was touched.', cause: error })
}
