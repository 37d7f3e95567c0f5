import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { asGodwitError, errorDocument, renderError } from '../render/error.js'
import { printHeader } from '../render/run.js'

interface Flags extends CommonFlags {
  only?: string
  env?: string
}

/** `godwit seed`: puts the project's data there. */
export async function seed(context: CommandContext<Flags>, ...names: string[]): Promise<number> {
  const { flags, output } = context
  const project = await openProject(context.projectOptions())
  await printHeader(context, project)
  const only = [...names, ...(flags.only === undefined ? [] : [flags.only])]
  const { error, ...report } = await project.seed({
    ...(only.length === 0 ? {} : { only }),
    env: flags.env,
    dryRun: flags.dryRun,
  })
  output.document({ ...report, ...(error === undefined ? {} : { error: errorDocument(error) }) })
  for (const each of report.seeds)
    if (each.outcome === 'skipped') output.say(`  - ${each.name}   not for ${report.environment}`)
  if (error === undefined) return 0
  if (!output.json) renderError(output, asGodwitError(error))
  return error.exitCode
}
