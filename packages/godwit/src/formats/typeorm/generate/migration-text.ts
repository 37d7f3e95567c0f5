import type { Query } from '../typeorm-shapes.js'

/** Which kind of file a migration is written as. */
export type MigrationLanguage = 'ts' | 'js' | 'esm'

/**
 * The text of a generated migration, letter for letter as TypeORM's `migration:generate` writes it.
 *
 * @param down in the order in which they are to run
 */
export function migrationText(
  className: string,
  up: readonly Query[],
  down: readonly Query[] | typeof noWayBack,
  language: MigrationLanguage,
): string {
  return language === 'ts'
    ? typeScript(className, calls(up), back(down))
    : javaScript(className, calls(up), back(down), language === 'esm' ? 'export' : 'module.exports =')
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

function typeScript(className: string, up: string, down: string): string {
  return `import { MigrationInterface, QueryRunner } from "typeorm";

export class ${className} implements MigrationInterface {
    name = '${className}'

    public async up(queryRunner: QueryRunner): Promise<void> {
${up}
    }

    public async down(queryRunner: QueryRunner): Promise<void> {
${down}
    }

}
`
}

function javaScript(className: string, up: string, down: string, exported: string): string {
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
