import type { MigrationLanguage } from './section.js'

const types = "/** @param {import('node-pg-migrate').MigrationBuilder} pgm */"

/** The text of a migration that makes what is there already, as queries; it has no way back. */
export function baselineText(statements: readonly string[], language: MigrationLanguage, inModule: boolean): string {
  // Without a down section there is none.
  if (language === 'sql') return ['-- Up Migration', ...statements.map((statement) => `${statement};`), ''].join('\n\n')
  const calls = statements.map((statement) => `  pgm.sql(${template(statement)})\n`).join('')
  if (language === 'ts' || language === 'mts' || language === 'cts')
    return `import type { MigrationBuilder } from 'node-pg-migrate'

export async function up(pgm: MigrationBuilder): Promise<void> {
${calls}}

export const down = false
`
  const exported = (name: string) =>
    language === 'cjs' || (language === 'js' && !inModule) ? `exports.${name}` : `export const ${name}`
  return `${types}\n${exported('up')} = async (pgm) => {\n${calls}}\n\n${exported('down')} = false\n`
}

function template(statement: string): string {
  return `\`${statement.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\``
}
