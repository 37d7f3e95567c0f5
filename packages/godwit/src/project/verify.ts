import { relative } from 'node:path'
import type { OpenOptions } from '../databases/contract.js'
import type { RunEvent } from '../engine/events.js'
import type { MigrationFile, MigrationStatus } from '../engine/migration.js'
import { byOrder } from '../engine/order.js'
import { survey } from '../engine/run.js'
import { GodwitError, inProject, isGodwitError } from '../errors.js'
import { cacheIn } from '../loading/cache-folder.js'
import { readIntent } from '../verify/intent.js'
import { type KnownVerdict, KnownVerdicts } from '../verify/known.js'
import { type VerifiedMigration, type VerifyReason, type VerifyReport, verdictOf } from '../verify/report.js'
import type { Runner } from '../verify/run-migration.js'
import type { Runway } from '../verify/runway.js'
import { type Tried, tryWays } from '../verify/try-ways.js'
import { filesOf } from './baseline.js'
import { refuseStopped, untilStopped } from './nothing-written.js'
import { chosenFiles } from './verify-choice.js'
import { openRunway, verdictKeys } from './verify-runway.js'
import type { ProjectWork } from './work.js'

/** How to ask for migrations to be verified. */
export interface VerifyRequest {
  /** This one, by any unique part of its name. */
  name?: string | undefined
  /** Every one. Default: those that are pending, or the last one when nothing is. */
  all?: boolean
  /** Only those that a git revision does not have as they are, such as `origin/main`. */
  since?: string | undefined
  /** One without a way back is a finding as well, unless it says that this is on purpose. */
  ci?: boolean
  /** One without a way back is a finding, whatever it says. */
  requireDown?: boolean
  /** One that loses data is a finding as well. */
  strict?: boolean
  /** URL of a server for the throwaway database; default the config's `shadow`, else PostgreSQL in this process. */
  shadow?: string | undefined
  /** `false`: everything is run, whatever is known of it. */
  cache?: boolean
}

/** What verifying works with. */
export interface VerifyContext {
  runner: Runner
  options: OpenOptions
  /** The server that the config names for it, and the major version of the project's own, as far as it is known by then. */
  shadow: () => { url: string | undefined; major: number | undefined }
  /** Asks the project's database for the states. */
  status: () => Promise<MigrationStatus[]>
  onEvent: (event: RunEvent) => void
  signal: AbortSignal | undefined
}

/**
 * Runs migrations up, down and up again on a throwaway database, and says of each whether it comes back.
 *
 * @throws GodwitError GODWIT_SHADOW_…, GODWIT_UNKNOWN_MIGRATION, GODWIT_SINCE; one that cannot be applied is in the report's `error`
 */
export async function verify(context: VerifyContext, request: VerifyRequest): Promise<VerifyReport> {
  const { options, signal } = context
  cacheIn(options.projectDir)
  const files = [...(await filesOf(context.runner.format))].sort(byOrder)
  const chosen = await chosenFiles(files, request, options.projectDir, context.status)
  // Behind the choice: the project's server may have been asked for it.
  const { url, major } = context.shadow()
  const where = { url: request.shadow ?? url, major }
  const keys = await verdictKeys(context.runner.format, files, options, where)
  const known = new KnownVerdicts()
  const opened: { runway?: Runway } = {}
  const report: VerifyReport = { migrations: [], shadow: null }
  try {
    for (const [index, file] of files.entries()) {
      if (!chosen.includes(file)) continue
      refuseStopped(signal)
      const before = request.cache === false ? undefined : known.get(keys[index] as string)
      context.onEvent({ type: 'verifying', name: file.name, index: chosen.indexOf(file), total: chosen.length })
      const open = async () => {
        opened.runway ??= await openRunway(context, where, files, request.cache !== false)
        return opened.runway
      }
      const verdict = before ?? (await untilStopped(signal, judge(context, open, files, index)))
      if (before === undefined) known.set(keys[index] as string, verdict)
      report.migrations.push(reported(file, verdict, before !== undefined, request, options))
    }
  } catch (error) {
    if (!isGodwitError(error) || error.code !== 'GODWIT_VERIFY_UP') throw error
    report.error = error
  } finally {
    await opened.runway?.close()
  }
  return { ...report, shadow: opened.runway?.description ?? null }
}

/** Verifies the migrations of a project. */
export async function verifyProject(work: ProjectWork, request: VerifyRequest): Promise<VerifyReport> {
  const { format, options } = work.parts
  await work.knowTarget()
  const { onEvent = () => {}, signal } = options
  const status = () => work.onTarget(async (target) => (await survey(format, target)).states)
  const context = { options: work.openOptions(), shadow: () => work.shadow, status, onEvent, signal }
  try {
    return await verify({ runner: work.runner('verify'), ...context }, request)
  } finally {
    await format.close?.()
  }
}

async function judge(
  { runner, options }: VerifyContext,
  open: () => Promise<Runway>,
  files: readonly MigrationFile[],
  index: number,
): Promise<KnownVerdict> {
  const file = files[index] as MigrationFile
  const { down, fails } = await readIntent(runner.format, file)
  if (fails !== undefined) return judged(down, [unloadable(fails, options)], [])
  if (down !== 'down') return judged(down, [{ code: 'no-down', text: NO_DOWN[down], objects: [] }], [])
  const { reasons, notes } = await tryOn(await open(), file, index)
  return judged(down, reasons, notes)
}

const NO_DOWN = { none: 'it has no down', irreversible: 'it says so itself', usual: 'it has no down.sql' }

function judged(down: KnownVerdict['down'], reasons: VerifyReason[], notes: string[]): KnownVerdict {
  return { verdict: verdictOf(reasons), down, reasons, notes }
}

function unloadable(error: unknown, { projectDir }: OpenOptions): VerifyReason {
  const told = inProject(error, projectDir)
  if (!isGodwitError(told)) throw error
  return { code: 'down-fails', text: `its down cannot be read: ${told.message}`, objects: [] }
}

// An up that fails on sample rows may be right all the same: nobody has such rows.
async function tryOn(runway: Runway, file: MigrationFile, index: number): Promise<Tried> {
  const first = await tryWays(await runway.at(index), true)
  if (verdictOf(first.reasons) === 'irreversible' || first.upFails !== undefined) await runway.leave()
  if (first.upFails === undefined) return first
  const { message } = first.upFails
  const second = await tryWays(await runway.at(index), false)
  if (verdictOf(second.reasons) === 'irreversible') await runway.leave()
  const { upFails: cause } = second
  if (cause !== undefined) {
    const { left: _, state: __, ...place } = cause.details
    throw new GodwitError('GODWIT_VERIFY_UP', { name: file.name, reason: cause.message }, { ...place, cause })
  }
  return { ...second, notes: [`tried without rows: with sample rows its up fails: ${message}`, ...second.notes] }
}

function reported(
  { name, file }: MigrationFile,
  { verdict, down, reasons, notes }: KnownVerdict,
  known: boolean,
  request: VerifyRequest,
  { projectDir }: OpenOptions,
): VerifiedMigration {
  const passes = passesFor(verdict, down, request)
  return { name, file: relative(projectDir, file), verdict, down, reasons, notes, known, passes }
}

function passesFor(
  verdict: VerifiedMigration['verdict'],
  down: VerifiedMigration['down'],
  { ci, requireDown, strict }: VerifyRequest,
): boolean {
  if (verdict === 'reversible') return true
  if (verdict === 'lossy') return !strict
  if (down === 'down' || requireDown) return false
  return down !== 'none' || !ci
}
