import { relative } from 'node:path'
import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { shownPath } from '../render/error.js'

interface Flags extends CommonFlags {
  check?: boolean
}

/** `godwit format`: writes the models' files in their usual layout. */
export async function format(context: CommandContext<Flags>): Promise<number> {
  const { flags, output } = context
  const project = await openProject(context.projectOptions())
  const dryRun = flags.check || flags.dryRun
  const files = await project.layOutModels({ dryRun })
  output.document({ files: files.map(({ path }) => relative(project.folder, path)), written: !dryRun })
  for (const { path } of files) output.say(`${dryRun ? 'would format' : 'formatted'} ${shownPath(path)}`)
  if (files.length === 0) output.say('Nothing to format.')
  return flags.check && files.length > 0 ? 3 : 0
}
