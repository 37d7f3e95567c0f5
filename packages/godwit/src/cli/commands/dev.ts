import { shellWord } from '../../error-table/shell-word.js'
import type { CommandContext } from '../context.js'
import { generatedDocument, renderGenerated } from '../render/generated.js'
import { printHeader, reportRun } from '../render/run.js'
import { type GenerateFlags, generateWith } from './generate.js'

interface DevFlags extends GenerateFlags {
  confirm?: string
}

/** `godwit dev <name>`: generates a migration where there is something to generate, and applies what is pending. */
export async function dev(context: CommandContext<DevFlags>, argument?: string): Promise<number> {
  const { flags, output } = context
  const { project, report } = await generateWith(context, 'dev', argument, {
    // Nobody reads the migration before it is applied.
    beforeWriting: (project, name, losses) =>
      project.agreeToLosses(`dev ${shellWord(name)}`, losses, context.consent(flags.confirm)),
  })
  const document = { generated: generatedDocument(report, project.folder) }
  renderGenerated(output, report, { wrote: !flags.dryRun })
  if (flags.dryRun) {
    output.document(document)
    return 0
  }
  await printHeader(context, project)
  const started = performance.now()
  const run = await project.up()
  const code = reportRun(context, run, performance.now() - started, { document })
  const made = code === 0 ? await project.makeCode() : null
  if (made !== null) output.say(`ran ${made}`)
  return code
}
