import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { renderRestored, renderTried, renderWouldRestore } from '../render/backup.js'
import { printHeader } from '../render/run.js'

interface Flags extends CommonFlags {
  clean?: boolean
  /** `false`: `--no-owner`. */
  owner?: boolean
  verify?: boolean
  shadow?: string
  confirm?: string
}

/** `godwit restore <file>`: restores a backup into the project's database. */
export async function restore(context: CommandContext<Flags>, file: string): Promise<number> {
  const { flags, output } = context
  const project = await openProject(context.projectOptions())
  if (flags.verify) {
    const tried = await project.verifyBackup(file, { shadow: flags.shadow })
    output.clearProgress()
    output.document(tried)
    renderTried(output, tried)
    return 0
  }
  const { clean = false, owner = true, dryRun = false } = flags
  await printHeader(context, project)
  const report = await project.restore(file, { ...context.consent(flags.confirm), clean, owners: owner, dryRun })
  output.clearProgress()
  output.document({ ...report, restored: !dryRun })
  if (dryRun) renderWouldRestore(output, report)
  else renderRestored(output, report)
  return 0
}
