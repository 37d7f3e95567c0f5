import { GodwitError } from '../../errors.js'
import { openProject } from '../../project/open.js'
import type { Project } from '../../project/project.js'
import type { SeedsReport } from '../../project/seed.js'
import { readRowsWanted } from '../../project/seed-rows.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { errorDocument, renderError } from '../render/error.js'
import { printHeader } from '../render/run.js'
import { listedSeed, seedDocuments } from '../render/seed.js'
import { columns, count } from '../render/words.js'
import { keepHeapSmall } from '../small-heap.js'

interface Flags extends CommonFlags {
  only?: string
  env?: string
  list?: boolean
  clear?: boolean
  clearOnly?: boolean
  all?: boolean
  confirm?: string
  rows?: string
}

/** `godwit seed`: puts the project's data there. */
export async function seed(context: CommandContext<Flags>, ...names: string[]): Promise<number> {
  const { flags, output } = context
  if (flags.all && !flags.clear && !flags.clearOnly)
    throw new GodwitError('GODWIT_USAGE', {
      command: 'seed',
      reason: '--all says what --clear takes, and stands beside it',
    })
  if (flags.rows !== undefined && (flags.clear || flags.clearOnly || flags.list || names.length > 0 || flags.only))
    throw new GodwitError('GODWIT_USAGE', {
      command: 'seed',
      reason: '--rows adds rows and does nothing else: it stands alone',
    })
  const options = context.projectOptions()
  const project = await openProject({
    ...options,
    onEvent: (event) => {
      if (event.type === 'seed-rows') keepHeapSmall()
      options.onEvent?.(event)
    },
  })
  await printHeader(context, project)
  if (flags.list) return list(context, project)
  if (flags.rows !== undefined) {
    const filled = await project.seedRows(readRowsWanted([flags.rows]), { dryRun: flags.dryRun })
    if (flags.dryRun) sayForecast(context, filled)
    return told(context, filled)
  }
  const only = [...names, ...(flags.only === undefined ? [] : [flags.only])]
  const clears = flags.clear || flags.clearOnly
  const report = await project.seed({
    ...context.consent(flags.confirm),
    ...(only.length === 0 ? {} : { only }),
    ...(clears ? { clear: flags.all ? 'all' : 'seeded' } : {}),
    clearOnly: flags.clearOnly,
    env: flags.env,
    dryRun: flags.dryRun,
  })
  const rows = report.cleared.reduce((sum, each) => sum + each.rows, 0)
  if (flags.dryRun) sayForecast(context, report)
  else if (clears) output.say(rows === 0 ? 'Nothing to clear.' : `${count(rows, 'row')} cleared.`)
  return told(context, report)
}

function told({ output }: CommandContext<Flags>, { error, ...report }: SeedsReport): number {
  output.document({
    ...report,
    seeds: seedDocuments(report.seeds),
    ...(error === undefined ? {} : { error: errorDocument(error) }),
  })
  for (const { name, outcome } of report.seeds)
    if (outcome === 'skipped') output.say(`  - ${name}   not for ${report.environment}`)
  if (error === undefined) return 0
  if (!output.json) renderError(output, error)
  return error.exitCode
}

function sayForecast({ output }: CommandContext<Flags>, report: SeedsReport): void {
  for (const { place, rows } of report.cleared) output.say(`  would take ${count(rows, 'row')} of ${place}`)
  for (const { name, outcome } of report.seeds) if (outcome !== 'skipped') output.say(`  would run ${name}`)
}

async function list({ output }: CommandContext<Flags>, project: Project): Promise<number> {
  const seeds = await project.seeds()
  output.document({ seeds })
  for (const line of columns(seeds.map(listedSeed))) output.say(`  ${line}`)
  return 0
}
