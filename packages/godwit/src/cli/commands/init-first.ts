import { GodwitError } from '../../errors.js'
import type { MayReplace } from '../../formats/contract.js'
import type { BaselineReport } from '../../project/baseline.js'
import type { GenerateReport } from '../../project/generate.js'
import type { InitChoice } from '../../project/init-choice.js'
import { readDotenv } from '../../project/load.js'
import { openDescribed, openProject } from '../../project/open.js'
import type { Project } from '../../project/project.js'
import type { CommandContext } from '../context.js'
import { shownPath } from '../render/error.js'
import { generatedDocument, renderGenerated } from '../render/generated.js'
import { count } from '../render/words.js'
import type { InitFlags } from './init.js'

type Source = 'models' | 'database'

/** A first migration that was written. */
export interface Begun {
  document: Record<string, unknown>
  next: string
  tell: () => void
}

/** The first migration of a project that is being set up. */
export interface FirstMigration {
  /** Writes it; `setUp` is called once it is composed, before anything is written. Undefined: it is not wanted. */
  write: (setUp: () => Promise<void>) => Promise<Begun | undefined>
  /** What to type for it. */
  next?: string
}

/**
 * Finds out whether init writes a first migration too: as the flags say, or on a terminal as the answer is. Off one nothing is
 * done that was not asked for.
 */
export async function firstMigration(
  context: CommandContext<InitFlags>,
  folder: string,
  choice: InitChoice,
  database: string | undefined,
  missing: readonly string[],
): Promise<FirstMigration | undefined> {
  const { flags } = context
  const asked = sourceOf(flags)
  // Without its packages the project cannot be opened yet.
  if (asked === undefined && (missing.length > 0 || /mongo/.test(choice.format))) return undefined
  const project = await described(context, folder, choice, database)
  if (asked !== undefined) return { write: (setUp) => write(context, project, asked, setUp) }
  // Nobody waits for a database that was not asked for.
  const interactive = context.isInteractive() && !flags.yes
  const found = await project.beginnings({ askDatabase: interactive })
  const wanted = interactive ? await ask(found, context.signal) : undefined
  const next = found.models
    ? `npx godwit generate ${project.firstName}`
    : found.database === null
      ? undefined
      : 'npx godwit init --from-database'
  return {
    write: async (setUp) => (wanted === undefined ? undefined : write(context, project, wanted, setUp)),
    ...(next === undefined ? {} : { next }),
  }
}

/** The first migration of a project that is set up already. */
export async function beginOnly(context: CommandContext<InitFlags>): Promise<number> {
  const source = sourceOf(context.flags) ?? 'models'
  const project = await openProject(context.projectOptions())
  const begun = await write(context, project, source, async () => {})
  tellBegun(context, begun)
  context.output.document({ format: project.format, first: begun.document, next: begun.next })
  context.output.say()
  context.output.say(`Next: ${begun.next}`)
  return 0
}

/** Tells what was begun with. */
export function tellBegun({ output }: CommandContext<InitFlags>, begun: Begun): void {
  output.say()
  begun.tell()
}

/** @throws GODWIT_USAGE for both flags */
function sourceOf({ generate, fromDatabase }: InitFlags): Source | undefined {
  if (generate && fromDatabase)
    throw new GodwitError('GODWIT_USAGE', {
      command: 'init',
      reason: '--generate and --from-database cannot stand together: each says what the first migration is made from',
    })
  return generate ? 'models' : fromDatabase ? 'database' : undefined
}

// As the config that is going to be written would describe it.
function described(
  context: CommandContext<InitFlags>,
  folder: string,
  choice: InitChoice,
  database: string | undefined,
): Promise<Project> {
  const { format, migrations, dataSource } = choice
  const config = {
    format,
    ...(migrations === undefined ? {} : { migrations }),
    ...(database === undefined || database === 'DATABASE_URL' ? {} : { database }),
    ...(dataSource === undefined ? {} : { typeorm: { dataSource } }),
  }
  readDotenv(folder, process.env)
  return openDescribed({ name: format, folder, format, config }, context.projectOptions())
}

async function ask(
  found: Awaited<ReturnType<Project['beginnings']>>,
  signal: AbortSignal,
): Promise<Source | undefined> {
  if (!found.models && found.database === null) return undefined
  const { askFirst } = await import('../ask-first.js')
  return askFirst(found, signal)
}

async function write(
  context: CommandContext<InitFlags>,
  project: Project,
  source: Source,
  setUp: () => Promise<void>,
): Promise<Begun> {
  const { flags, output } = context
  const { name = project.firstName, shadow, dryRun = false } = flags
  if (source === 'database') {
    output.progress('reading the database …')
    const report = await project.baseline(name, {
      shadow,
      dryRun,
      beforeWriting: setUp,
      mayReplace: mayReplace(context),
    })
    output.clearProgress()
    return ofDatabase(context, project, report, dryRun)
  }
  output.progress('comparing the models with an empty shadow …')
  const report = await project.generate(name, { shadow, dryRun, beforeWriting: setUp })
  output.clearProgress()
  if (report.name === null || dryRun) await setUp()
  return ofModels(context, project, report, dryRun)
}

// Nobody who was not asked loses what only the models say.
function mayReplace(context: CommandContext<InitFlags>): MayReplace | undefined {
  if (context.flags.dryRun) return undefined
  if (context.flags.yes) return async ({ lost }) => lost.length === 0
  if (!context.isInteractive()) return undefined
  return async (models) => (await import('../ask-replace.js')).askReplace(models, context.signal)
}

function ofModels({ output }: CommandContext, project: Project, report: GenerateReport, dryRun: boolean): Begun {
  return {
    document: { ...generatedDocument(report, project.folder), written: !dryRun && report.name !== null },
    next: report.name === null ? 'npx godwit status' : 'npx godwit up',
    tell: () => renderGenerated(output, report, { wrote: !dryRun }),
  }
}

function ofDatabase({ output }: CommandContext, project: Project, report: BaselineReport, dryRun: boolean): Begun {
  const { name, files, statements, shadow, notes } = report
  const paths = files.map(({ path }) => path.slice(project.folder.length + 1))
  return {
    document: { name, files: paths, statements, shadow, notes, written: !dryRun, recorded: !dryRun },
    next: 'npx godwit status',
    tell: () => {
      for (const { path } of files) output.say(`${dryRun ? 'would write' : 'wrote'} ${shownPath(path)}`)
      const recorded = dryRun ? 'would be recorded' : 'is recorded'
      output.say(
        `It holds ${count(statements.length, 'statement')}, makes the same on ${shadow}, and ${recorded} as applied.`,
      )
      for (const note of notes) output.say(note)
    },
  }
}
