import { relative } from 'node:path'
import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { shownPath } from '../render/error.js'

interface Flags extends CommonFlags {
  force?: boolean
}

/** `godwit pull`: the models from what the database holds. */
export async function pull(context: CommandContext<Flags>): Promise<number> {
  const { flags, output } = context
  const project = await openProject(context.projectOptions())
  const { files, lost, warnings } = await project.pull({ force: flags.force, dryRun: flags.dryRun })
  const paths = files.map(({ path }) => relative(project.folder, path))
  output.document({ files: paths, lost, warnings, written: !flags.dryRun })
  for (const warning of warnings) output.tell(warning)
  for (const { path, content } of files) {
    output.say(`${flags.dryRun ? 'would write' : 'wrote'} ${shownPath(path)}`)
    if (flags.dryRun) output.say(content)
  }
  for (const each of lost) output.say(`${flags.dryRun ? 'would lose' : 'lost'} ${each}`)
  if (files.length === 0) output.say('The models say what the database holds.')
  return 0
}
