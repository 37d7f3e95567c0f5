import { basename, dirname, relative, resolve, sep } from 'node:path'
import { GodwitError } from '../../errors.js'
import { moduleKindOf } from '../../loading/module-kind.js'
import type { NewMigration } from '../contract.js'
import { refusePathUp } from '../name.js'
import type { Template } from '../template.js'
import type { SchemaTemplate } from '../templates/description.js'
import { writeTypeorm } from '../templates/write-typeorm.js'

/**
 * Composes an empty migration `<13-digit ms>-Name.ts` with the class `Name<ms>`, as TypeORM's CLI does. A name may
 * carry a folder of the project (`src/migrations/Name`).
 *
 * @param template what it begins with instead: a file's text, or a schema
 * @param folder where it goes when the name carries none, absolute
 * @throws GODWIT_NAME_UNUSABLE
 */
export function composeMigration(
  name: string,
  options: {
    now: Date
    language: 'ts' | 'js'
    template?: Template | SchemaTemplate | undefined
    folder: string
    projectDir: string
  },
): NewMigration {
  const { now, language, template, projectDir } = options
  refusePathUp(name)
  const given = name.trim().replace(/\.[cm]?[jt]s$/, '')
  const title = basename(given)
  const target = given.includes('/') || given.includes(sep) ? resolve(projectDir, dirname(given)) : options.folder
  const className = classNameOf(title)
  if (className === '' || relative(projectDir, target).startsWith('..')) {
    throw new GodwitError('GODWIT_NAME_UNUSABLE', { name })
  }
  const full = `${className}${now.getTime()}`
  const stem = `${target}/${now.getTime()}-${title.replace(/[\s<>:"|?*\\\p{Cc}]+/gu, '-')}`
  if (template !== undefined && 'textFor' in template)
    return { name: full, files: [{ path: stem + template.ending, content: template.textFor(full) }] }
  const path = `${stem}.${language}`
  const kind = language === 'ts' ? 'ts' : moduleKindOf(path) === 'esm' ? 'esm' : 'cjs'
  const content = template === undefined ? emptyText(full, kind) : writeTypeorm(template, full, kind)
  return { name: full, files: [{ path, content }] }
}

/** `add users-table` → `AddUsersTable`: only what may stand in an identifier. */
function classNameOf(title: string): string {
  const words = title.split(/[^\p{L}\p{N}_$]+/u).filter((word) => word !== '')
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  return /^\p{N}/u.test(joined) ? `Migration${joined}` : joined
}

function emptyText(className: string, kind: 'ts' | 'esm' | 'cjs'): string {
  return kind === 'ts' ? typeScript(className) : javaScript(className, kind === 'esm')
}

function typeScript(className: string): string {
  return `import type { MigrationInterface, QueryRunner } from 'typeorm'

export class ${className} implements MigrationInterface {
  name = '${className}'

  public async up(queryRunner: QueryRunner): Promise<void> {}

  public async down(queryRunner: QueryRunner): Promise<void> {}
}
`
}

function javaScript(className: string, esm: boolean): string {
  return `/** @implements {import('typeorm').MigrationInterface} */
${esm ? `export class ${className}` : `module.exports.${className} = class ${className}`} {
  name = '${className}'

  /** @param {import('typeorm').QueryRunner} queryRunner */
  async up(queryRunner) {}

  /** @param {import('typeorm').QueryRunner} queryRunner */
  async down(queryRunner) {}
}
`
}
