import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { renderError } from '../render/error.js'
import { renderVerified, verifiedDocument } from '../render/verify.js'

interface Flags extends CommonFlags {
  name?: string
  all?: boolean
  since?: string
  ci?: boolean
  requireDown?: boolean
  strict?: boolean
  shadow?: string
  cache?: boolean
}

/** `godwit verify [name]`: runs migrations up, down and up again on a throwaway database, and says which come back. */
export async function verify(context: CommandContext<Flags>, argument?: string): Promise<number> {
  const { flags, output } = context
  // What migrations say of themselves is about a database that is thrown away.
  if (!output.verbose) globalThis.console = new Console(new Writable({ write: (_, __, done) => done() }))
  const project = await openProject(context.projectOptions())
  const { all = false, since, ci = false, requireDown = false, strict = false, shadow, cache } = flags
  const asked = { all, since, ci, requireDown, strict, shadow, cache: cache !== false }
  const report = await project.verify({ name: argument ?? flags.name, ...asked })
  output.clearProgress()
  output.document(verifiedDocument(report))
  if (report.migrations.length > 0) renderVerified(output, report)
  else if (report.error === undefined) output.say('Nothing to verify.')
  if (report.error !== undefined) {
    if (!output.json) renderError(output, report.error)
    return report.error.exitCode
  }
  return report.migrations.every(({ passes }) => passes) ? 0 : 3
}
