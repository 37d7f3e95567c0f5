import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { renderBackup, restoreCommand } from '../render/backup.js'
import { printHeader } from '../render/run.js'

interface Flags extends CommonFlags {
  verify?: boolean
  shadow?: string
}

/** `godwit backup [file]`: dumps the database, and says beside the dump what it is. */
export async function backup(context: CommandContext<Flags>, file?: string): Promise<number> {
  const { output } = context
  const project = await openProject(context.projectOptions())
  await printHeader(context, project)
  const made = await project.backup({ file })
  renderBackup(output, made)
  output.document(made)
  output.say(`Bring it back: ${restoreCommand(made.file)}`)
  return 0
}
