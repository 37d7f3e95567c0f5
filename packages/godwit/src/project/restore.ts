import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type pg from 'pg'
import { checkDump } from '../backup/check-dump.js'
import { connectAs } from '../backup/connect-as.js'
import { contentsOf, type Standing } from '../backup/contents.js'
import { refusePooled } from '../backup/dump-postgres.js'
import type { Manifest } from '../backup/manifest.js'
import { restoreScript } from '../backup/restore-script.js'
import { findTools, majorOf } from '../backup/tools.js'
import type { Target } from '../databases/contract.js'
import { takeLock } from '../engine/run.js'
import { shellWord } from '../error-table/shell-word.js'
import { GodwitError } from '../errors.js'
import { refuseStopped } from './nothing-written.js'
import { type Consent, isProduction, requireConsent } from './production.js'
import { type ProjectWork, withClient } from './work.js'

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
  if (kind === 'mongodb') throw new GodwitError('GODWIT_BUG', { what: 'not yet' })
  const context = (target: Target) => work.context(target, 'restore')
  return work.onTarget(async (target) => {
    await takeLock(context(target))
    const { database } = target.server
    const standing = await withClient(target, contentsOf)
    const dropped = standing.map(({ what }) => what)
    if (dropped.length > 0 && !request.clean)
      throw new GodwitError('GODWIT_RESTORE_NOT_EMPTY', { database, file: named, goes: dropped })
    const look = await target.look()
    const report: RestoreReport = { file, database, dropped, backup: manifest ?? null }
    if (request.dryRun) return report
    if (dropped.length > 0)
      await requireConsent(
        { action: `restore ${shellWord(named)} --clean`, database, goes: dropped },
        isProduction(look, options.env),
        request,
      )
    refuseStopped(options.signal)
    if (target.archive !== undefined) await target.archive.load(await readFile(file))
    else {
      await withClient(target, (client) => restorePostgres(work, target, client, { file, standing, manifest, request }))
      // The mark is of this database, whatever the backup was of.
      if (look.production && !(await target.look()).production) await target.protect(true)
    }
    return report
  }, false)
}

interface Restoring {
  file: string
  standing: readonly Standing[]
  manifest: Manifest | undefined
  request: RestoreRequest
}

async function restorePostgres(work: ProjectWork, target: Target, client: pg.Client, wanted: Restoring): Promise<void> {
  const { file, standing, manifest, request } = wanted
  const { env, signal, onEvent = () => {} } = work.parts.options
  await refusePooled(client, (await work.parts.database()).address)
  const atLeast = manifest === undefined ? 0 : majorOf(manifest.tool)
  const tools = await findTools(
    { names: ['pg_restore', 'psql'], atLeast, why: `a backup by ${manifest?.tool ?? 'pg_dump'}` },
    env,
  )
  const access = await connectAs(client, env)
  try {
    await restoreScript({
      file,
      tools,
      access,
      major: target.server.major,
      drops: standing.map(({ drop }) => drop),
      owners: request.owners ?? true,
      scratch: false,
      signal,
      onBytes: (bytes) => onEvent({ type: 'restoring', file: basename(file), bytes }),
    })
  } catch (error) {
    refuseStopped(signal)
    throw error
  } finally {
    await access.close()
  }
}
