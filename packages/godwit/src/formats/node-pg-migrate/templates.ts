import type { MigrationLanguage } from './section.js'

const typed = `import type { MigrationBuilder } from 'node-pg-migrate'

export async function up(pgm: MigrationBuilder): Promise<void> {}

// Without this function, \`up\` is turned around; \`export const down = false\` says that there is no way back.
export async function down(pgm: MigrationBuilder): Promise<void> {}
`

const note = '// Without this function, `up` is turned around; `false` in its place says that there is no way back.'

const types = "/** @param {import('node-pg-migrate').MigrationBuilder} pgm */"

const esModule = `${types}
export const up = async (pgm) => {}

${note}
${types}
export const down = async (pgm) => {}
`

const commonJs = `${types}
exports.up = async (pgm) => {}

${note}
${types}
exports.down = async (pgm) => {}
`

const sql = `-- Up Migration


-- Down Migration

`

/**
 * What a new migration begins with.
 *
 * @param inModule whether a `.js` file there is an ES module
 */
export function templateFor(language: MigrationLanguage, inModule: boolean): string {
  if (language === 'sql') return sql
  return { ts: typed, esm: esModule, cjs: commonJs }[moduleLanguage(language, inModule)]
}

/** How a module in a language is written: as TypeScript, or as JavaScript of one kind. */
export function moduleLanguage(language: Exclude<MigrationLanguage, 'sql'>, inModule: boolean): 'ts' | 'esm' | 'cjs' {
  if (language === 'ts' || language === 'mts' || language === 'cts') return 'ts'
  return language === 'cjs' || (language === 'js' && !inModule) ? 'cjs' : 'esm'
}
