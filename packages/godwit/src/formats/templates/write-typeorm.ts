import type { SchemaTemplate } from './description.js'
import { headline } from './mark.js'
import { downStatements, upStatements } from './statements.js'

/**
 * A schema as a TypeORM migration.
 *
 * @param className its name in the history
 * @param language `esm` and `cjs` are JavaScript
 */
export function writeTypeorm(schema: SchemaTemplate, className: string, language: 'ts' | 'esm' | 'cjs'): string {
  const typed = language === 'ts'
  const exported = language === 'cjs' ? `module.exports.${className} = class ${className}` : `export class ${className}`
  const method = (name: 'up' | 'down', statements: readonly string[]) => {
    const head = typed
      ? `  public async ${name}(queryRunner: QueryRunner): Promise<void> {`
      : `  /** @param {import('typeorm').QueryRunner} queryRunner */\n  async ${name}(queryRunner) {`
    return `${head}\n${statements.map(queryText).join('\n')}\n  }`
  }
  return `${typed ? "import type { MigrationInterface, QueryRunner } from 'typeorm'\n\n" : ''}/**
 * ${headline(schema)}${typed ? '' : '\n *\n * @implements {import("typeorm").MigrationInterface}'}
 */
${exported}${typed ? ' implements MigrationInterface' : ''} {
  name = '${className}'

${method('up', upStatements(schema))}

${method('down', downStatements(schema))}
}
`
}

function queryText(statement: string): string {
  const text = statement.replace(/[\\`]|\$\{/g, '\\$&')
  if (!text.includes('\n')) return `    await queryRunner.query(\`${text}\`)`
  return `    await queryRunner.query(\`\n${indented(text, 6)}\n    \`)`
}

function indented(text: string, by: number): string {
  return text.replaceAll(/^/gm, ' '.repeat(by))
}
