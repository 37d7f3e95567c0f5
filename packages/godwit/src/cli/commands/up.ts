import { GodwitError } from '../../errors.js'
import { openProject } from '../../project/open.js'
import { type ChoiceFlags, chosen } from '../choice.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { restoreCommand } from '../render/backup.js'
import { showPlan } from '../render/plan.js'
import { printHeader, reportRun } from '../render/run.js'
import { count } from '../render/words.js'

export interface UpFlags extends CommonFlags, ChoiceFlags {
  allowOutOfOrder?: boolean
  allowMissing?: boolean
  fake?: boolean
  plan?: string
  backup?: boolean
  backupFile?: string
  /** `false`: `--no-preflight`. */
  preflight?: string | boolean
  showValues?: boolean
  /** node-pg-migrate's own: `--no-check-order`. */
  checkOrder?: boolean
}

/** `godwit up [name]`: applies pending migrations. */
export async function up(context: CommandContext<UpFlags>, name?: string): Promise<number> {
  const project = await openProject(context.projectOptions())
  const request = upRequest(context.flags, name)
  if (context.flags.dryRun) {
    const plan = await project.plan('up', request)
    return showPlan(context, project, plan)
  }
  await printHeader(context, project)
  const started = performance.now()
  const report = await project.up(request)
  if (context.flags.fake && report.steps.length > 0)
    context.output.say(`${count(report.steps.length, 'migration')} recorded as applied. Nothing was run.`)
  const conclude = !context.flags.fake || report.steps.length === 0
  const document = report.backup === undefined ? {} : { backup: report.backup }
  const code = reportRun(context, report, performance.now() - started, { conclude, document })
  if (code !== 0 && report.backup)
    context.output.tell(`As it was before the run: ${restoreCommand(report.backup.file)}`)
  return code
}

/** Flags and arguments as a request; a name is the last one to apply. */
export function upRequest(flags: UpFlags, argument: string | undefined) {
  return {
    ...chosen('up', flags, argument, 'to'),
    ...(flags.allowOutOfOrder || flags.checkOrder === false ? { allowOutOfOrder: true } : {}),
    ...(flags.allowMissing ? { allowMissing: true } : {}),
    ...(flags.fake ? { fake: true } : {}),
    ...preflightPart(flags),
    ...backupPart(flags),
    ...(flags.plan === undefined ? {} : { planned: flags.plan }),
  }
}

function backupPart({ backup, backupFile }: UpFlags): { backup?: string | true } {
  if (backupFile !== undefined) return { backup: backupFile }
  return backup ? { backup: true } : {}
}

// On a terminal people see their own rows; elsewhere a log would keep them (rule 38).
function preflightPart({ preflight, showValues, json }: UpFlags) {
  const shown = showValues ?? (process.stderr.isTTY === true && !json)
  if (preflight !== undefined && typeof preflight === 'string' && preflight !== 'full')
    throw new GodwitError('GODWIT_PREFLIGHT_HOW', { wanted: preflight })
  return {
    ...(preflight === false ? { preflight: false } : preflight === 'full' ? { preflight: 'full' as const } : {}),
    ...(shown ? { showValues: true } : {}),
  }
}
