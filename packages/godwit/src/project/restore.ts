import { basename, resolve } from 'node:path'
import { checkDump } from '../backup/check-dump.js'
import type { Manifest } from '../backup/manifest.js'
import { takeLock } from '../engine/run.js'
import { shellWord } from '../error-table/shell-word.js'
import { GodwitError } from '../errors.js'
import { refuseStopped } from './nothing-written.js'
import { type Consent, isProduction, requireConsent } from './production.js'
import { wayBack } from './restore-ways.js'
import type { ProjectWork } from './work.js'

/** How to ask for a restore. What is dropped ahead of it needs consent. */
export type RestoreRequest = Consent & {
  /** Drops what is there, in the same transaction. */
  clean?: boolean
  /** `false`: everything belongs to the role that restores, and grants are left out. */
  owners?: boolean
  /** Changes nothing; says what would go. */
  dryRun?: boolean
}

/** What a restore did. */
export interface RestoreReport {
  /** Absolute. */
  file: string
  database: string
  /** What was dropped ahead of it, or would be, a line each. */
  dropped: string[]
  /** What the dump is said to hold; `null`: nothing stands beside it. */
  backup: Pick<Manifest, 'database' | 'server' | 'time' | 'history' | 'tables'> | null
}

/**
 * Restores a dump into the project's database, which must be empty unless what is there may go: in one transaction, behind the runner's lock.
 *
 * @throws GodwitError GODWIT_RESTORE_…, GODWIT_BACKUP_…, GODWIT_CONFIRM_…, GODWIT_LOCKED
 */
export async function restoreProject(
  work: ProjectWork,
  named: string,
  request: RestoreRequest,
): Promise<RestoreReport> {
  const { options } = work.parts
  const { kind } = await work.parts.database()
  const file = resolve(options.cwd ?? process.cwd(), named)
  const manifest = await checkDump(file, kind)
  if (manifest === undefined)
    work.parts.warn(`Nothing stands beside ${basename(file)} that says what it is: whether it is whole is not known.`)
  return work.onTarget(async (target) => {
    const { database } = target.server
    await takeLock(work.context(target, 'restore'))
    const way = await wayBack(work, target, { kind, file, manifest, owners: request.owners ?? true })
    if (way.goes.length > 0 && !request.clean)
      throw new GodwitError('GODWIT_RESTORE_NOT_EMPTY', { database, file: named, goes: way.goes })
    const look = await target.look()
    const report: RestoreReport = { file, database, dropped: way.goes, backup: saidOf(manifest) }
    if (request.dryRun) return report
    const action = `restore ${shellWord(named)} --clean`
    if (way.goes.length > 0)
      await requireConsent({ action, database, goes: way.goes }, isProduction(look, options.env), request)
    refuseStopped(options.signal)
    await way.restore()
    // The mark is of this database, whatever the backup was of. The embedded one has ended its session.
    if (kind !== 'embedded' && look.production && !(await target.look()).production) await target.protect(true)
    return report
  }, false)
}

function saidOf(manifest: Manifest | undefined): RestoreReport['backup'] {
  if (manifest === undefined) return null
  const { database, server, time, history, tables } = manifest
  return { database, server, time, history, tables }
}
