import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { nearestTo } from '../engine/find-name.js'
import { GodwitError, isGodwitError } from '../errors.js'
import type { FormatId } from '../formats/contract.js'
import { refuseForeignFolder } from '../formats/sql/foreign.js'
import { listSqlFolder, readSqlFolder } from '../formats/sql/list.js'
import { formatIds } from './config.js'
import { type Detected, detectAll, lookedFor } from './detect.js'
import { configNames } from './find-config.js'

/** A project that could be set up. */
export type InitChoice = Omit<Detected, 'because'> & { because?: string }

/** What was asked for by flags. */
export interface InitWish {
  format?: string | undefined
  migrations?: string | undefined
  /** TypeORM: the file of the DataSource. */
  dataSource?: string | undefined
}

/**
 * What the folder could be set up as, strongest sign first; one when the format was named. Empty: nothing is here yet.
 *
 * @throws GODWIT_USAGE for a format that does not exist, GODWIT_FOREIGN_FOLDER for another tool's folder,
 *   GODWIT_FILE_EXISTS when the folder has a config
 */
export async function initChoices(folder: string, wish: InitWish): Promise<InitChoice[]> {
  const { migrations, dataSource } = wish
  refuseExisting(folder)
  const format = formatOf(wish.format)
  const found = detectAll(folder)
  const wanted = format === undefined ? found : found.filter((each) => each.format === format).slice(0, 1)
  const choices: InitChoice[] = format !== undefined && wanted.length === 0 ? [{ format }] : wanted
  if (choices.length === 0) refuseSupabase(folder)
  return Promise.all(
    choices.map(async (each) => {
      const place = migrations ?? each.migrations ?? (each.format === 'sql' ? 'migrations' : undefined)
      if (each.format === 'sql' && place !== undefined) await refuseForeign(folder, place)
      return {
        ...each,
        ...(place === undefined ? {} : { migrations: place }),
        ...(dataSource === undefined || each.format !== 'typeorm' ? {} : { dataSource }),
      }
    }),
  )
}

/**
 * The one choice, where nobody can be asked.
 *
 * @throws GODWIT_NO_PROJECT, GODWIT_SEVERAL_PROJECTS, both with what to type
 */
export function onlyChoice(choices: readonly InitChoice[]): InitChoice {
  const [only, ...others] = choices
  if (only === undefined) {
    const hint = 'Start a new one: npx godwit init --format sql'
    throw new GodwitError('GODWIT_NO_PROJECT', { lookedFor }, { hint })
  }
  if (others.length === 0) return only
  const hint = `Say which: npx godwit init --format ${choices.map((each) => each.format).join(', or --format ')}`
  throw new GodwitError('GODWIT_SEVERAL_PROJECTS', { found: choices.map(describeChoice) }, { hint })
}

/** A folder that has a config is set up already. @throws GODWIT_FILE_EXISTS */
export function refuseExisting(folder: string): void {
  const file = configIn(folder)
  if (file === undefined) return
  const hint = 'The project is set up already. See where it stands: npx godwit status'
  throw new GodwitError('GODWIT_FILE_EXISTS', { file }, { hint })
}

/** Whether a folder is set up already. */
export function hasConfig(folder: string): boolean {
  return configIn(folder) !== undefined
}

function configIn(folder: string): string | undefined {
  return configNames.find((name) => existsSync(join(folder, name)))
}

/** A choice for people: `prisma (prisma/schema.prisma)`. */
export function describeChoice({ format, because }: InitChoice): string {
  return because === undefined ? format : `${format} (${because})`
}

/** What people should know before they go on with a format. */
export function notesOn(folder: string, choice: InitChoice): string[] {
  const { format, dataSource, migrations } = choice
  if (format === 'node-pg-migrate')
    return [
      'Godwit runs each migration in a transaction of its own; the default of node-pg-migrate is one for the whole run. After a failure the migrations before it stay applied.',
    ]
  if (format === 'typeorm' && dataSource === undefined)
    return ['No data source was found: name its file in the config, as typeorm: { dataSource: … }']
  if (format === 'sql' && migrations !== undefined && holdsPairs(resolve(folder, migrations)))
    return [
      'The pairs <name>.up.sql and <name>.down.sql run as they are. Those that golang-migrate or another tool applied already are settled one by one: godwit resolve <name> --applied',
    ]
  return []
}

function formatOf(written: string | undefined): FormatId | undefined {
  if (written === undefined) return undefined
  const known = formatIds.find((id) => id === written)
  if (known !== undefined) return known
  const nearest = nearestTo(written, formatIds)
  const advice = nearest === undefined ? `one of ${formatIds.join(', ')}` : `did you mean '${nearest}'?`
  throw new GodwitError('GODWIT_USAGE', { command: 'init', reason: `'${written}' is not a format: ${advice}` })
}

function refuseSupabase(folder: string): void {
  const path = join(folder, 'supabase', 'migrations')
  if (existsSync(path)) refuseForeignFolder(path, 'supabase/migrations', readdirSync(path))
}

// Only another tool's folder is refused here: whatever else is wrong, status tells when the config is in place.
async function refuseForeign(folder: string, migrations: string): Promise<void> {
  try {
    await listSqlFolder(resolve(folder, migrations), { projectDir: folder })
  } catch (error) {
    if (isGodwitError(error) && error.code === 'GODWIT_FOREIGN_FOLDER') throw error
  }
}

function holdsPairs(path: string): boolean {
  return existsSync(path) && readSqlFolder(path, path).ups.some((up) => up.file.endsWith('.up.sql'))
}
