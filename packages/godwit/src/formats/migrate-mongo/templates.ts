const typed = `import type { Db, MongoClient } from 'mongodb'

export async function up(db: Db, client: MongoClient): Promise<void> {}

// \`export const down = false\` in its place says that there is no way back.
export async function down(db: Db, client: MongoClient): Promise<void> {}
`

const types = `/**
 * @param {import('mongodb').Db} db
 * @param {import('mongodb').MongoClient} client
 */`

const note = '// `false` in its place says that there is no way back.'

const esModule = `${types}
export const up = async (db, client) => {}

${note}
${types}
export const down = async (db, client) => {}
`

const inside = types.replaceAll('\n', '\n  ')

const commonJs = `module.exports = {
  ${inside}
  async up(db, client) {},

  ${note}
  ${inside}
  async down(db, client) {},
}
`

/** What a new migration begins with. @param esm whether its file is an ES module */
export function templateFor(ending: string, esm: boolean): string {
  if (/^\.[cm]?ts$/.test(ending)) return typed
  return esm ? esModule : commonJs
}
