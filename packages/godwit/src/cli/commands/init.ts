import { type InitPlan, installPackages, planInit, writeInit } from '../../project/init.js'
import { hasConfig, type InitChoice, initChoices, onlyChoice } from '../../project/init-choice.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { beginOnly, firstMigration, tellBegun } from './init-first.js'

/** The flags of `init`. */
export interface InitFlags extends CommonFlags {
  format?: string
  migrations?: string
  database?: string
  install?: boolean
  printSql?: boolean
  generate?: boolean
  fromDatabase?: boolean
  name?: string
  shadow?: string
}

/** `godwit init`: sets a project up with what is there, and ends with the next command to type. */
export async function init(context: CommandContext<InitFlags>): Promise<number> {
  const { flags, output } = context
  if (flags.printSql) return printSql(context)
  const folder = process.cwd()
  if (hasConfig(folder) && (flags.generate || flags.fromDatabase)) return beginOnly(context)
  const chosen = await choose(context, folder)
  const database = flags.database ?? flags.databaseUrl ?? chosen.database
  const plan = planInit({ folder, choice: chosen.choice, database, env: process.env })
  const installs = flags.install === true && plan.install !== null && !flags.dryRun
  let isSetUp = false
  const setUp = async () => {
    if (isSetUp) return
    isSetUp = true
    if (!flags.dryRun) await writeInit(folder, plan)
    tellWritten(context, chosen.choice, plan)
  }
  // What is generated or read needs the packages.
  if (installs) {
    await setUp()
    await installPackages(folder, plan.install as string)
  }
  const first = await firstMigration(context, folder, chosen.choice, database, installs ? [] : plan.packages)
  const begun = await first?.write(setUp)
  await setUp()
  if (begun !== undefined) tellBegun(context, begun)
  output.document({
    format: plan.format,
    written: flags.dryRun ? [] : plan.files.map((file) => file.name),
    scripts: plan.scripts,
    install: plan.install,
    installed: installs,
    notes: plan.notes,
    next: begun?.next ?? first?.next ?? plan.next,
    ...(begun && { first: begun.document }),
  })
  const steps = [...(plan.install === null || installs ? [] : [plan.install]), begun?.next ?? first?.next ?? plan.next]
  output.say()
  for (const [i, step] of steps.entries()) output.say(`${i === 0 ? 'Next:' : '     '} ${step}`)
  return 0
}

async function choose(
  { flags, signal }: CommandContext<InitFlags>,
  folder: string,
): Promise<{ choice: InitChoice; database?: string }> {
  const migrations = flags.migrations ?? flags.migrationsDir
  const choices = await initChoices(folder, { format: flags.format, migrations, dataSource: flags.dataSource })
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true && !flags.json && !flags.yes
  if (choices.length === 1 || !interactive) return { choice: onlyChoice(choices) }
  const { askProject } = await import('../ask-project.js')
  return askProject(choices, signal)
}

function tellWritten({ flags, output }: CommandContext<InitFlags>, choice: InitChoice, plan: InitPlan): void {
  output.say(choice.because === undefined ? plan.format : `${plan.format}, found by ${choice.because}`)
  output.say()
  const verb = flags.dryRun ? 'would write' : 'wrote'
  for (const folder of plan.folders) output.say(`  ${flags.dryRun ? 'would make' : 'made'} ${folder}/`)
  for (const { name, content, isNew } of plan.files) {
    output.say(`  ${isNew ? verb : flags.dryRun ? 'would change' : 'changed'} ${name}${remark(name, plan)}`)
    if (flags.dryRun && name.startsWith('godwit.config')) output.say(content.trimEnd().replace(/^/gm, '    '))
  }
  if (plan.scripts.kept.length > 0) output.say(`  kept the npm scripts ${plan.scripts.kept.join(', ')}`)
  if (plan.notes.length > 0) output.say()
  for (const note of plan.notes) output.say(note)
}

function remark(name: string, { scripts }: InitPlan): string {
  return name === 'package.json' && scripts.added.length > 0 ? `: scripts ${scripts.added.join(', ')}` : ''
}

async function printSql({ flags, output }: CommandContext<InitFlags>): Promise<number> {
  const { schemaSql } = await import('../../project/init-schema-sql.js')
  const query = { cwd: process.cwd(), config: flags.config, project: flags.project, env: process.env }
  const { schema, sql } = await schemaSql(query, flags.databaseUrl ?? flags.database)
  output.document({ schema, sql })
  output.say(sql.trimEnd())
  return 0
}
