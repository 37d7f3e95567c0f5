import { nearestTo } from '../../engine/find-name.js'
import { GodwitError } from '../../errors.js'
import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { lintDocument, printLint } from '../render/lint.js'
import { annotations } from '../render/lint-github.js'
import { sarif } from '../render/lint-sarif.js'

interface Flags extends CommonFlags {
  live?: boolean
  since?: string
  fix?: boolean
  assumePending?: boolean
  format?: string
  shadow?: boolean
}

const formats = ['text', 'github', 'sarif'] as const

/** `godwit lint`: what migrations had better not do. Exit code 3 when a warning or an error is found. */
export async function lint(context: CommandContext<Flags>, ...names: string[]): Promise<number> {
  const { flags, output } = context
  const format = formats.find((each) => each === (flags.format ?? 'text'))
  if (format === undefined) {
    const nearest = nearestTo(flags.format ?? '', formats)
    const reason = `there is no format '${flags.format}'${nearest === undefined ? '' : `; did you mean '${nearest}'?`}`
    throw new GodwitError('GODWIT_USAGE', { command: 'lint', reason })
  }
  const project = await openProject(context.projectOptions())
  const report = await project.lint({
    only: names,
    since: flags.since,
    live: flags.live === true || flags.databaseUrl !== undefined,
    fix: flags.fix,
    dryRun: flags.dryRun,
    assumePending: flags.assumePending,
    shadow: flags.shadow,
  })
  output.document(lintDocument(report, project.folder))
  if (format === 'sarif') output.say(JSON.stringify(sarif(report, project.folder), null, 2))
  else if (format === 'github') for (const line of annotations(report)) output.say(line)
  else printLint(context, report)
  return report.findings.some(({ severity }) => severity !== 'note') ? 3 : 0
}
