import { GodwitError } from '../../errors.js'
import type { GenerateOptions, GenerateReport } from '../../project/generate.js'
import { openProject } from '../../project/open.js'
import type { Project } from '../../project/project.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { generatedDocument, renderGenerated } from '../render/generated.js'

/** The flags of what generates. */
export interface GenerateFlags extends CommonFlags {
  name?: string
  check?: boolean
  from?: string
  rename?: string[]
  noRename?: string[]
  recreate?: string[]
  shadow?: string
  cache?: boolean
}

/** `godwit generate <name>`: a migration from what the models say and the history lacks. */
export async function generate(context: CommandContext<GenerateFlags>, argument?: string): Promise<number> {
  const { flags, output } = context
  const check = flags.check ?? false
  const { project, report } = await generateWith(context, 'generate', argument, { check })
  output.document({ ...generatedDocument(report, project.folder), written: !check && !flags.dryRun })
  renderGenerated(output, report, { wrote: !check && !flags.dryRun })
  if (report.name === null) return check ? 0 : 4
  if (check) return 3
  if (!flags.dryRun) output.say(report.listed ? 'Read it, then: godwit up' : 'Read it.')
  return 0
}

interface GenerateWays {
  check?: boolean
  beforeWriting?: (project: Project, name: string, losses: readonly string[]) => Promise<void>
}

/** Opens the project and generates, asking on a terminal what looks renamed. */
export async function generateWith(
  context: CommandContext<GenerateFlags>,
  command: 'generate' | 'dev',
  argument: string | undefined,
  { check = false, beforeWriting }: GenerateWays = {},
): Promise<{ project: Project; report: GenerateReport }> {
  const { flags } = context
  const given = argument ?? flags.name
  const isNeeded = given === undefined && !check
  if (isNeeded && command === 'generate') throw new GodwitError('GODWIT_NAME_NEEDED', { command })
  const project = await openProject(context.projectOptions())
  context.output.progress('replaying the history on a shadow …')
  const dryRun = check || isNeeded || (flags.dryRun ?? false)
  const countRows = command === 'dev' || flags.databaseUrl !== undefined
  const name = given ?? command
  const report = await project.generate(name, {
    ...optionsOf(context),
    dryRun,
    countRows,
    beforeWriting: async (losses) => {
      context.output.clearProgress()
      await beforeWriting?.(project, name, losses)
    },
  })
  context.output.clearProgress()
  // Where there is nothing to write, nothing wants a name.
  if (isNeeded && report.name !== null) throw new GodwitError('GODWIT_NAME_NEEDED', { command })
  return { project, report }
}

function optionsOf(context: CommandContext<GenerateFlags>): GenerateOptions {
  const { from, rename = [], noRename = [], recreate = [], shadow, cache } = context.flags
  const ask: Pick<GenerateOptions, 'askRename'> = context.isInteractive()
    ? { askRename: async (rename) => (await import('../ask-rename.js')).askRename(rename, context.signal) }
    : {}
  return { from, rename, noRename, recreate, shadow, cache: cache !== false, ...ask }
}
