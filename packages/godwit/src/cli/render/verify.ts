import type { VerifiedMigration, VerifyReport } from '../../verify/report.js'
import type { Output } from '../output.js'
import { errorDocument } from './error.js'
import { columns, count, splitName } from './words.js'

/** So many lines are said of one reason; `--json` has them all. */
const MOST_LINES = 12

/** What `--json` carries. */
export function verifiedDocument({ migrations, shadow, error }: VerifyReport): Record<string, unknown> {
  const summary = { reversible: 0, lossy: 0, irreversible: 0, findings: 0 }
  for (const { verdict, passes } of migrations) {
    summary[verdict]++
    if (!passes) summary.findings++
  }
  return { migrations, summary, shadow, ...(error === undefined ? {} : { error: errorDocument(error) }) }
}

/** Tells the verdicts: a line each, below it why. */
export function renderVerified(output: Output, { migrations, shadow }: VerifyReport): void {
  const rows = migrations.map((each) => [splitName(each.name).rest, each.verdict, each.known ? 'known' : ''])
  for (const [i, line] of columns(rows).entries()) {
    const migration = migrations[i]
    if (migration === undefined) continue
    output.say(`  ${markOf(migration, output)} ${line}`)
    for (const reason of reasonLines(migration)) output.say(`      ${reason}`)
    for (const note of migration.notes) output.say(output.paint.dim(`      ${note}`))
  }
  output.say()
  output.say(summaryOf(migrations, shadow))
}

function markOf({ verdict, passes }: VerifiedMigration, { paint }: Output): string {
  if (!passes) return paint.red('✗')
  return verdict === 'reversible' ? paint.green('✓') : paint.yellow('!')
}

function reasonLines({ reasons }: VerifiedMigration): string[] {
  return reasons.flatMap(({ text, objects, file, line }) => {
    const place = file === undefined ? '' : `   ${file}${line === undefined ? '' : `:${line}`}`
    const shown = objects.slice(0, MOST_LINES).map((object) => `  ${object}`)
    const more = objects.length - shown.length
    return [`${text}${objects.length > 0 ? ':' : ''}${place}`, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])]
  })
}

function summaryOf(migrations: readonly VerifiedMigration[], shadow: string | null): string {
  const of = (verdict: VerifiedMigration['verdict']) => migrations.filter((each) => each.verdict === verdict).length
  const parts = (['reversible', 'lossy', 'irreversible'] as const).flatMap((verdict) =>
    of(verdict) === 0 ? [] : [`${of(verdict)} ${verdict}`],
  )
  const where = shadow === null ? 'known from earlier runs' : `tried on ${shadow}`
  return `${count(migrations.length, 'migration')}: ${parts.join(', ')}; ${where}`
}
