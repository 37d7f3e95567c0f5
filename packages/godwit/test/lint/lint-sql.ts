import { assumedSchema } from '../../src/lint/assumed-schema.js'
import type { LintedMigration } from '../../src/lint/migration.js'
import { defaultOptions, type LintOptions } from '../../src/lint/options.js'
import { placesIn, readStatements, transactionOf } from '../../src/lint/reading/read-script.js'
import { type FoundIn, lintMigrations } from '../../src/lint/run.js'
import { rules } from '../../src/lint/table.js'

/** Every rule on, as the table's examples are meant. */
export const allOn: LintOptions['levels'] = Object.fromEntries(rules.map(({ code }) => [code, 'warning']))

/** A script as the rules see it. */
export async function migrationOf(
  sql: string,
  given: Partial<LintedMigration> & { as?: 'one' | 'none' | undefined } = {},
): Promise<LintedMigration> {
  const { as, ...rest } = given
  const statements = await readStatements(sql, placesIn(sql))
  return {
    name: '1_test',
    file: '/project/1_test.sql',
    format: 'sql',
    statements,
    transaction: transactionOf(statements, sql, as),
    lacksDown: false,
    notListed: [],
    lines: sql.split('\n'),
    ...rest,
  }
}

/** What lint finds in a script that no database is asked about. */
export async function lintSql(
  sql: string,
  options: Partial<LintOptions> = {},
  given: Parameters<typeof migrationOf>[1] = {},
): Promise<FoundIn[]> {
  const migration = await migrationOf(sql, given)
  const all = { ...defaultOptions, levels: allOn, ...options }
  const [result] = lintMigrations([migration], new Set([migration]), assumedSchema([migration], all), all)
  return result?.findings ?? []
}

/** The codes of what is found. */
export async function codesIn(...given: Parameters<typeof lintSql>): Promise<string[]> {
  return (await lintSql(...given)).map(({ code }) => code)
}
