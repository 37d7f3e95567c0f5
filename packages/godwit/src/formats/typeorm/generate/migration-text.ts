import type { Query } from '../typeorm-shapes.js'

/** Which kind of file a migration is written as. */
export type MigrationLanguage = 'ts' | 'js' | 'esm'

/** What a migration does. */
export interface MigrationParts {
  up: readonly Query[]
  /** In the order in which they are to run. */
  down: readonly Query[] | typeof noWayBack
  /** `false`: it says of itself that it runs outside of one. */
  transaction?: boolean
}

/** The text of a generated migration, letter for letter as TypeORM's `migration:generate` writes it. */
export function migrationText(
  className: string,
  { up, down, transaction = true }: MigrationParts,
  language: MigrationLanguage,
): string {
  const head = transaction ? '' : '    transaction = false\n'
  return language === 'ts'
    ? typeScript(className, head, calls(up), back(down))
    : javaScript(className, head, calls(up), back(down), language === 'esm' ? 'export' : 'module.exports =')
}

/** In the place of what undoes: the class has to have a `down`, and this one says that there is none. */
export const noWayBack = 'no way back'

function back(down: readonly Query[] | typeof noWayBack): string {
  if (down !== noWayBack) return calls(down)
  return `        throw new Error("Nothing leads back behind what the database held before it had a history.");`
}

function calls(queries: readonly Query[]): string {
  return queries.map(call).join('\n')
}

function call({ query, parameters = [] }: Query): string {
  const text = query.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')
  const given = parameters.length === 0 ? '' : `, ${JSON.stringify(parameters)}`
  return `        await queryRunner.query(\`${text}\`${given});`
}

function typeScript(className: string, head: string, up: string, down: string): string {
  return `import { MigrationInterface, QueryRunner } from "typeorm";

export class ${className} implements MigrationInterface {
    name = '${className}'
${head}
    public async up(queryRunner: QueryRunner): Promise<void> {
${up}
    }

    public async down(queryRunner: QueryRunner): Promise<void> {
${down}
    }

}
`
}

function javaScript(className: string, head: string, up: string, down: string, exported: string): string {
  return `/**
 * @typedef {import('typeorm').MigrationInterface} MigrationInterface
 * @typedef {import('typeorm').QueryRunner} QueryRunner
 */

/**
 * @class
 * @implements {MigrationInterface}
 */
${exported} class ${className} {
    name = '${className}'
${head}
    /**
     * @param {QueryRunner} queryRunner
     */
    async up(queryRunner) {
${up}
    }

    /**
     * @param {QueryRunner} queryRunner
     */
    async down(queryRunner) {
${down}
    }
}
`
}
