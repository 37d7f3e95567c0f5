import { relative, resolve } from 'node:path'
import type { OpenOptions } from '../databases/contract.js'
import type { RunEvent } from '../engine/events.js'
import { GodwitError } from '../errors.js'
import type {
  FailedStatement,
  Format,
  Generated,
  GenerateRequest,
  NewMigration,
  RenameAnswers,
  TableFormat,
} from '../formats/contract.js'
import { choosePlace } from '../shadow/choose.js'
import { extensionLacking } from '../shadow/extension-lacking.js'
import { openShadow } from '../shadow/open.js'
import { shadowTexts } from '../shadow/texts.js'
import { filesOf } from './baseline.js'
import { writeNew } from './create.js'
import { withListing } from './listed.js'
import { refuseStopped, untilStopped } from './nothing-written.js'
import { type AskRename, readRenames, settleRenames } from './renames.js'

/** How to ask for a migration to be generated. */
export interface GenerateOptions {
  /** URL of a server for a scratch database; default the config's `shadow`, else PostgreSQL in this process. */
  shadow?: string | undefined
  /** `false`: every migration is replayed, whatever is known of an earlier replay. */
  cache?: boolean
  /** Writes nothing. */
  dryRun?: boolean
  /** Called when the migration is composed and nothing is written yet, with what it takes away. */
  beforeWriting?: (losses: readonly string[]) => Promise<void>
  /** Formats without models: the database or the file of SQL that the history is to lead to. */
  from?: string | undefined
  /** `users.name:users.full_name`: what is gone and what is new are one. Odd names in double quotes: `"my.table".name:"my.table".mail`. */
  rename?: readonly string[]
  /** The same pairs: they are not. */
  noRename?: readonly string[]
  /** Columns whose type is changed by making them anew, empty: `users.age`. */
  recreate?: readonly string[]
  /** Reads the project's database too, and says how many rows a loss is about, where the format can. */
  countRows?: boolean
  /** Asked about what looks renamed; absent: that is refused. */
  askRename?: AskRename | undefined
}

/** What generating came to. */
export interface GenerateReport extends Omit<Generated, 'migration' | 'unanswered' | 'failing'> {
  /** `null`: the models say nothing that the history lacks. */
  name: string | null
  files: NewMigration['files']
  notes: string[]
  /** Whether the project finds what was written, so that it can be applied; `true` where nothing was. */
  listed: boolean
  /** What the history was replayed on, for people. */
  shadow: string
}

/** What generating works on. */
export interface GenerateContext {
  format: Format
  options: OpenOptions
  /** The server that the config names for it, and the major version of the project's own. */
  shadow: { url: string | undefined; major: number | undefined }
  /** A session on the project's database. */
  live: GenerateRequest['live']
  onEvent: (event: RunEvent) => void
  signal: AbortSignal | undefined
}

/**
 * Replays the history on a shadow, composes what the models say beyond it, and writes that.
 *
 * @throws GodwitError GODWIT_NO_MODELS, GODWIT_GENERATE_UNPROVEN, GODWIT_NAME_UNUSABLE, GODWIT_NAME_TAKEN, GODWIT_RENAME_OR_NOT, GODWIT_SHADOW_…, and what the format says of its models
 */
export async function generate(
  context: GenerateContext,
  name: string,
  asked: GenerateOptions,
): Promise<GenerateReport> {
  const format = await withFiles(withModels(context.format))
  const now = new Date()
  // Whether the name can be one is known before anything is replayed.
  const draft = await format.create(name, { now })
  const found = await onShadow(context, format, asked, async (shadow) => {
    let renames = readRenames(asked.rename, asked.noRename)
    const compose = (renames: RenameAnswers) =>
      format.generate({
        name,
        now,
        shadow,
        renames,
        recreate: asked.recreate ?? [],
        ownSchema: context.options.schema,
        from: asked.from,
        live: asked.countRows ? context.live : undefined,
      })
    let generated = await compose(renames)
    while (generated.unanswered.length > 0) {
      renames = await settleRenames(renames, generated.unanswered, asked.askRename)
      generated = await compose(renames)
    }
    return { ...generated, shadow: shadow.description }
  })
  refuseStopped(context.signal)
  const { migration, unanswered: _, failing, ...rest } = found
  if (migration !== null && !asked.dryRun) await refuseTaken(format, draft, context.options.projectDir)
  if (migration === null) return { name: null, files: [], notes: [], listed: true, ...rest }
  const { name: full, files, notes = [] } = migration
  if (asked.dryRun) return { name: full, files, notes, listed: true, ...rest }
  if (failing !== undefined) throw refusalOf(failing)
  await asked.beforeWriting?.(rest.losses)
  await writeNew(migration)
  return { ...rest, ...(await withListing(context.format, { name: full, files, notes }, context.options.projectDir)) }
}

function refusalOf(failing: FailedStatement): GodwitError {
  const lacking = extensionLacking('The migration', failing.reason)
  return lacking ?? new GodwitError('GODWIT_GENERATE_UNPROVEN', { ...failing, printable: true })
}

// Files differ by their timestamps; what people call a migration is to mean one of them (rule 40).
async function refuseTaken(format: Format, { name, files }: NewMigration, folder: string): Promise<void> {
  const title = titleOf(name)
  const taken = (await format.list()).find((file) => titleOf(file.name) === title)
  const path = files[0]?.path
  if (taken !== undefined && path !== undefined)
    throw new GodwitError('GODWIT_NAME_TAKEN', { name: title, file: relative(folder, taken.file) })
}

/** A name without the time in front of it (`20250101120000_add_users`) or behind it (`AddUsers1700000000000`). */
function titleOf(name: string): string {
  return name.replace(/^\d{8,17}[_-]|\d{13}$/g, '')
}

/** The format with the files it has now; a folder that is not there yet holds none. */
async function withFiles(format: WithModels): Promise<WithModels> {
  const files = await filesOf(format)
  return { ...format, list: async () => files }
}

type WithModels = TableFormat & { generate: NonNullable<Format['generate']> }

function withModels(format: Format): WithModels {
  if (format.generate === undefined || format.history.kind !== 'table')
    throw new GodwitError('GODWIT_NO_MODELS', { format: format.id })
  return format as WithModels
}

async function onShadow<T>(
  { options, shadow: configured, onEvent, signal }: GenerateContext,
  format: TableFormat,
  asked: GenerateOptions,
  work: (shadow: Awaited<ReturnType<typeof openShadow>>) => Promise<T>,
): Promise<T> {
  const texts = await shadowTexts(format, await format.list(), fileOf(asked.from, options.projectDir))
  const place = await choosePlace({
    projectDir: options.projectDir,
    url: asked.shadow ?? configured.url,
    major: configured.major,
    texts,
    verbose: options.onNotice ?? (() => {}),
  })
  // What is wrong with the models is told when they are compared.
  const meanwhile = (): void => void format.loadModels?.().catch(() => {})
  const cache = asked.cache !== false
  const shadow = await openShadow(place, { format, options, cache, onEvent, signal, meanwhile })
  try {
    return await untilStopped(signal, work(shadow))
  } finally {
    await shadow.close()
  }
}

// What the file asks for has to be there, too.
function fileOf(from: string | undefined, projectDir: string): string[] {
  return from === undefined || from.includes('://') ? [] : [resolve(projectDir, from)]
}
