import { ownTablesOf } from '../catalog/own-tables.js'
import { readCatalog } from '../catalog/read.js'
import { writeScript } from '../catalog/script/write.js'
import type { OpenOptions, Target } from '../databases/contract.js'
import type { MigrationFile } from '../engine/migration.js'
import { type RunContext, takeLock } from '../engine/run.js'
import { GodwitError, isGodwitError } from '../errors.js'
import type { Format, MayReplace, NewMigration, TableFormat } from '../formats/contract.js'
import { choosePlace } from '../shadow/choose.js'
import type { KeepableDatabase } from '../shadow/contract.js'
import { setUpOn } from '../shadow/open.js'
import { writeNew } from './create.js'
import { proveScript } from './prove-script.js'
import { withClient } from './work.js'

/** How to ask for an initial migration of what a database holds. */
export interface BaselineOptions {
  /** URL of a server for a scratch database; default the config's `shadow`, else PostgreSQL in this process. */
  shadow?: string | undefined
  /** Writes nothing, neither files nor into the database. */
  dryRun?: boolean
  /** Asked before models that say something already are written anew; absent: they are left alone. */
  mayReplace?: MayReplace | undefined
  /** Called when all is proven and nothing is written yet. */
  beforeWriting?: () => Promise<void>
}

/** What an initial migration came to. */
export interface BaselineReport {
  name: string
  files: NewMigration['files']
  statements: string[]
  /** What it was proven on, for people. */
  shadow: string
  /** For people: what is not in it. */
  notes: string[]
}

/** What it works on. */
export interface BaselineContext {
  run: RunContext
  options: OpenOptions
  /** The config's. */
  shadow: string | undefined
}

/**
 * Writes what a database without a history holds as the first migration, and records it as applied. The statements are proven
 * on a shadow before anything is written.
 *
 * @throws GodwitError GODWIT_BASELINE_…, GODWIT_SHADOW_…
 */
export async function baseline(
  { run, options, shadow: configured }: BaselineContext,
  name: string,
  asked: BaselineOptions,
): Promise<BaselineReport> {
  const { target } = run
  const format = withBaseline(run.format)
  await refuseHistory(format, target)
  const now = new Date()
  await format.create(name, { now })
  const { migration, statements, shadow, notes } = await withClient(target, async (client) => {
    const others = await format.leftToOthers?.()
    const tables = [...(await ownTablesOf(client, format)), ...(others?.tables ?? [])]
    const leftOut = { schemas: [options.schema], tables, types: others?.types ?? [] }
    const script = await writeScript(client, leftOut)
    const { statements } = script
    if (statements.length === 0) throw refused(target, 'it holds nothing yet')
    const { database, major } = target.server
    const made = await format.shadowSetUp?.()
    const setUp = async (empty: KeepableDatabase) => made && setUpOn(empty, { format, options }, made)
    const claim = { ...script, leftOut, catalog: await readCatalog(client), database, major, setUp }
    const { projectDir } = options
    const verbose = options.onNotice ?? (() => {})
    const url = asked.shadow ?? configured
    const place = await choosePlace({
      projectDir,
      url,
      major,
      texts: made === undefined ? statements : [made.sql, ...statements],
      verbose,
    })
    const shadow = await proveScript(place, claim).finally(() => place.close())
    const migration = await format.baseline({
      name,
      now,
      statements,
      client,
      ownSchema: options.schema,
      mayReplace: asked.mayReplace,
    })
    return { migration, statements, shadow, notes: [...notesOn(script.granted), ...(migration.notes ?? [])] }
  })
  if (!asked.dryRun) {
    await asked.beforeWriting?.()
    await writeNew(migration)
    await record(run, migration.name)
  }
  return { name: migration.name, files: migration.files, statements, shadow, notes }
}

type WithBaseline = TableFormat & { baseline: NonNullable<Format['baseline']> }

function withBaseline(format: Format): WithBaseline {
  if (format.baseline === undefined || format.history.kind !== 'table')
    throw new GodwitError('GODWIT_USAGE', {
      command: 'init',
      reason: `the format ${format.id} has no initial migration from a database`,
    })
  return format as WithBaseline
}

async function refuseHistory(format: Format, target: Target): Promise<void> {
  const { rows } = await target.look()
  if (rows.length > 0) throw refused(target, `it has a history, of ${rows.length} migrations`)
  const [file] = await filesOf(format)
  if (file !== undefined) throw refused(target, `the project has migrations already, such as ${file.name}`)
}

/** The migrations; a folder that is not there yet holds none. */
export function filesOf(format: Format): Promise<MigrationFile[]> {
  return format.list().catch((error: unknown) => {
    if (isGodwitError(error) && error.code === 'GODWIT_FOLDER_MISSING') return []
    throw error
  })
}

function refused({ server }: Target, reason: string): GodwitError {
  return new GodwitError('GODWIT_BASELINE_REFUSED', { database: server.database, reason })
}

async function record(run: RunContext, name: string): Promise<void> {
  const { target, format, identity } = run
  try {
    await takeLock(run)
    const look = await target.look()
    if (look.rows.length > 0) throw refused(target, 'it was given a history meanwhile')
    if ((await target.begin(look, identity)) && (await target.look()).rows.length > 0)
      throw refused(target, 'it was given a history meanwhile')
    const file = (await format.list()).find((each) => each.name === name)
    await target.settle(name, file, 'applied', false)
    await target.end('done')
  } catch (error) {
    const explained = target.explain(error)
    if (isGodwitError(explained))
      explained.details.state = [
        `The migration is written and not recorded; godwit resolve ${name} --applied does that.`,
      ]
    throw explained
  }
}

function notesOn(granted: boolean): string[] {
  return [
    'It has no way back: what it makes was there before. Rows are not in it.',
    ...(granted ? ['Rights were granted in this database; owners and grants are not in it either.'] : []),
  ]
}
