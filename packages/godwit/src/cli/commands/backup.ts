import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { renderBackup, renderTried, restoreCommand } from '../render/backup.js'
import { shownPath } from '../render/error.js'
import { printHeader } from '../render/run.js'

interface Flags extends CommonFlags {
  verify?: boolean
  shadow?: string
}

/** `godwit backup [file]`: dumps the database, and says beside the dump what it is. */
export async function backup(context: CommandContext<Flags>, file?: string): Promise<number> {
  const { flags, output } = context
  const project = await openProject(context.projectOptions())
  if (flags.dryRun) {
    const would = await project.wouldBackUp({ file })
    output.document(would)
    output.say(`would back up ${await project.address()} to ${shownPath(would.file)}, by ${would.tool}`)
    return 0
  }
  await printHeader(context, project)
  const made = await project.backup({ file })
  renderBackup(output, made)
  const tried = flags.verify ? await project.verifyBackup(made.file, { shadow: flags.shadow }) : undefined
  if (tried !== undefined) renderTried(output, tried)
  output.document({ ...made, ...(tried === undefined ? {} : { verified: tried }) })
  output.say(`Bring it back: ${restoreCommand(made.file)}`)
  return 0
}
