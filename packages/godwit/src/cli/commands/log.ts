import { GodwitError } from '../../errors.js'
import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { showLog } from '../render/log.js'

interface Flags extends CommonFlags {
  name?: string
  limit?: string
}

/** `godwit log [name]`: what the journal knows of past runs; with a name, of that one migration. */
export async function log(context: CommandContext<Flags>, argument?: string): Promise<number> {
  const { flags } = context
  const name = argument ?? flags.name
  const project = await openProject(context.projectOptions())
  const report = await project.log({ name, ...(flags.limit === undefined ? {} : { limit: wholeNumber(flags.limit) }) })
  showLog(context, report, name !== undefined)
  return 0
}

function wholeNumber(written: string): number {
  if (!/^\d{1,9}$/.test(written)) throw new GodwitError('GODWIT_LIMIT', { written })
  return Number(written)
}
