import type { OpenOptions, TableDatabase, Target } from '../databases/contract.js'
import type { RunEvent } from '../engine/events.js'
import type { MigrationFile } from '../engine/migration.js'
import { byOrder } from '../engine/order.js'
import { run } from '../engine/run.js'
import { GodwitError } from '../errors.js'
import type { ShadowSetUp, TableFormat } from '../formats/contract.js'
import { digest } from '../loading/cache-folder.js'
import { ident, qualified } from '../sql/quote.js'
import type { KeepableDatabase, Shadow, ShadowDatabase, ShadowPlace } from './contract.js'
import { extensionLacking } from './extension-lacking.js'
import { dropAnswers, KeptAnswers } from './kept-answers.js'
import { serverMajor } from './major.js'
import { closeAll, openedOnes } from './opened-ones.js'

/** What is replayed, and how. */
export interface Replay {
  format: TableFormat
  options: OpenOptions
  /** `false`: every migration is run, whatever was kept. */
  cache: boolean
  onEvent: (event: RunEvent) => void
  signal: AbortSignal | undefined
  /** Called where another thread makes the shadow ready: what can be done meanwhile. */
  meanwhile?: () => void
}

/**
 * Replays a project's whole history on a throwaway database with the project's own engine, from the longest state of it
 * that was kept, and takes Godwit's records and the history table away: what is left is what the migrations made.
 *
 * @throws GODWIT_SHADOW_REPLAY when a migration fails there, GODWIT_SHADOW_EXTENSION
 */
export async function openShadow(place: ShadowPlace, replay: Replay): Promise<Shadow> {
  let database: ShadowDatabase | undefined
  try {
    const { state, ...main } = await replayed(place, replay)
    database = main
    const { product } = place
    const major = await majorOf(database)
    const empties = openedOnes(() => place.open())
    // What is committed there must not be a kept state itself.
    const format = { ...replay.format, generatesInTransaction: false }
    const copies = openedOnes(() => replayed(place, { ...replay, format }))
    const answers = new KeptAnswers(state)
    const asked = { close: () => answers.keep() }
    const close = () => closeAll([empties, copies, asked, database, place])
    const description = `${product} (PostgreSQL ${major})`
    return { ...main, description, major, answers, empty: empties.open, copy: copies.open, close }
  } catch (error) {
    await closeAll([database, place])
    throw error
  }
}

/**
 * A database of one's own behind the migrations that the format lists. History and records stay in it: more migrations can be run on it.
 *
 * @throws GODWIT_SHADOW_REPLAY when a migration fails there, GODWIT_SHADOW_EXTENSION
 */
export function openRunnable(place: ShadowPlace, replay: Replay): Promise<ShadowDatabase> {
  return replayed(place, replay, true)
}

/** `state`: the name under which it is kept, where it is. */
type Replayed = ShadowDatabase & { state: string | undefined }

// In the state behind the last migration: the kept one itself, or a copy of it, or one that is led there.
async function replayed(place: ShadowPlace, replay: Replay, runnable = false): Promise<Replayed> {
  const files = (await replay.format.list()).sort(byOrder)
  const setUp = await replay.format.shadowSetUp?.()
  const names = stateNames(place, replay, setUp, files)
  const last = names.at(-1) as string
  const kept = replay.cache ? await place.lastKept(names.slice(1)) : undefined
  const itself = !runnable && replay.format.generatesInTransaction
  if (kept === last && itself && place.openItself !== undefined)
    return { ...(await place.openItself(last)), state: last }
  const { database, from } = await opened(place, kept, names, replay.meanwhile)
  let state = from
  try {
    if (from === undefined && setUp !== undefined) await setUpOn(database, replay, setUp)
    if (from !== last && files.length > 0) {
      await replayOn(database, replay)
      await dropAnswers(last)
      await database.keep?.(last)
      state = database.keep && last
    }
    if (!runnable && !replay.format.generatesInTransaction) await takeRecordsAway(database, replay)
    return { ...database, state }
  } catch (error) {
    await database.close()
    throw error
  }
}

// Another process may have taken a kept state away, or it is damaged: then an older one serves as well.
async function opened(
  place: ShadowPlace,
  kept: string | undefined,
  names: readonly string[],
  meanwhile?: () => void,
): Promise<{ database: KeepableDatabase; from: string | undefined }> {
  try {
    return { database: await place.open(kept, meanwhile), from: kept }
  } catch (error) {
    if (kept === undefined) throw error
    const older = names.slice(0, names.indexOf(kept))
    return opened(place, await place.lastKept(older.slice(1)), older)
  }
}

// The name of the state behind each migration: it depends on all before it.
function stateNames(
  place: ShadowPlace,
  { format, options }: Replay,
  setUp: ShadowSetUp | undefined,
  files: readonly MigrationFile[],
): string[] {
  const { history } = format
  let name = digest(
    place.key,
    format.id,
    history.name,
    history.schema ?? '',
    options.schema,
    ...(format.searchPath ?? []),
    ...(setUp === undefined ? [] : ['set up', setUp.sql]),
  )
  const names = [name]
  for (const file of files) {
    name = digest(name, file.name, file.hash)
    names.push(name)
  }
  return names
}

/**
 * Makes what a shadow begins with. It is somebody's code like a migration, and kept inside, too.
 *
 * @throws GODWIT_SHADOW_REPLAY
 */
export async function setUpOn(
  { database }: KeepableDatabase,
  { format, options }: Pick<Replay, 'format' | 'options'>,
  setUp: ShadowSetUp,
): Promise<void> {
  const target = await database.open(format.history, options)
  try {
    await target.setUp(async (client) => {
      await client.query(setUp.sql)
      await client.query('RESET ALL')
    })
  } catch (cause) {
    throw failureOf(setUp.from, cause instanceof Error ? cause.message : String(cause), { cause })
  } finally {
    await target.close()
  }
}

async function replayOn({ database }: { database: TableDatabase }, replay: Replay): Promise<void> {
  const { format, options, onEvent, signal } = replay
  const target: Target = await database.open(format.history, options)
  try {
    const identity = { command: 'shadow', version: '' }
    const tell = (event: RunEvent): void => {
      if (event.type === 'step-started') onEvent({ ...event, type: 'replaying' })
    }
    const context = { format, target, identity, waitMs: 0, graceMs: 0, onEvent: tell, signal }
    const report = await run(context, { direction: 'up', allowOutOfOrder: true })
    if (report.error !== undefined) throw onShadow(report.error, report.steps.at(-1)?.name ?? 'the set-up')
  } catch (error) {
    throw target.explain(error)
  } finally {
    await target.close()
  }
}

function onShadow(error: GodwitError, name: string): GodwitError {
  if (error.code === 'GODWIT_INTERRUPTED' || error.code === 'GODWIT_TERMINATED')
    return new GodwitError(error.code, {}, { hint: 'Nothing was written.', cause: error })
  const { left: _, state: __, ...rest } = error.details
  const failure = failureOf(name, error.message, { ...rest, cause: error })
  return failure.code === 'GODWIT_SHADOW_REPLAY' && error.details.server === undefined ? error : failure
}

function failureOf(name: string, reason: string, told: ConstructorParameters<typeof GodwitError>[2]): GodwitError {
  return extensionLacking(name, reason, told) ?? new GodwitError('GODWIT_SHADOW_REPLAY', { name, reason }, told)
}

// What Godwit and the format keep for themselves is nothing that a model or a script could say.
async function takeRecordsAway(database: ShadowDatabase, { format, options }: Replay): Promise<void> {
  const { schema, name } = format.history
  const history = schema === null ? ident(name) : qualified(schema, name)
  const client = await database.connect()
  try {
    await client.query(`DROP SCHEMA IF EXISTS ${ident(options.schema)} CASCADE; DROP TABLE IF EXISTS ${history}`)
  } finally {
    await client.end()
  }
}

async function majorOf(database: ShadowDatabase): Promise<number> {
  const client = await database.connect()
  try {
    return await serverMajor(client)
  } finally {
    await client.end()
  }
}
