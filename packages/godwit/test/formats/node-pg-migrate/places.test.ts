import { describe, expect, test } from 'vitest'
import { type PeerMajor, peerProject } from './support/peer-project.js'

const types = `import type { MigrationBuilder } from 'node-pg-migrate'

interface Gone {
  in: 'the compiled file'
}

`

// Each with the call that fails in the line that says so.
const failing: Record<string, [file: string, text: string, more?: { direction?: 'down'; statement?: string }]> = {
  'a statement among others': [
    '1_bad.ts',
    `${types}export async function up(pgm: MigrationBuilder): Promise<void> {
  pgm.createTable('a', { id: 'id' })
  pgm.sql('select 1; select 2')
  pgm.addColumns('a', { b: { type: 'no_type' } }) // here
  pgm.sql('select 3')
}`,
  ],
  'the second of two in one call, in a statement of several lines': [
    '1_bad.js',
    `exports.up = (pgm) => {
  pgm.sql('select 1;\\n')
  pgm.sql(\`select 2; -- here
    select
      nope\`)
}`,
  ],
  'a helper of the same file, in an ES module': [
    '1_bad.mjs',
    `const index = (pgm, column) => pgm.createIndex('a', column) // here
export const up = (pgm) => {
  pgm.createTable('a', { b: 'int' })
  index(pgm, 'c')
}`,
  ],
  'outside of a transaction': [
    '1_bad.js',
    `exports.up = (pgm) => {
  pgm.noTransaction()
  pgm.createTable('a', { b: 'int' })
  pgm.createIndex('a', 'c', { concurrently: true }) // here
}`,
  ],
  'an up turned around': [
    '1_bad.js',
    `exports.up = (pgm) => {
  pgm.createTable('a', { b: 'int' })
  pgm.createTable('c', { d: 'int' }) // here
  pgm.createTable('e', { f: 'int' })
}`,
    { direction: 'down' },
  ],
  'what it asks the database itself': [
    '1_bad.ts',
    `${types}export async function up(pgm: MigrationBuilder): Promise<void> {
  await pgm.db.query('select 1')
  await pgm.db.select('select nope') // here
}`,
    { statement: 'select nope' },
  ],
  'an error of its own': [
    '1_bad.ts',
    `${types}export async function up(pgm: MigrationBuilder): Promise<void> {
  pgm.sql('select 1')
  throw new Error('not today') // here
}`,
  ],
  'a statement that never ends': [
    '1_bad.js',
    `exports.up = (pgm) => {
  pgm.sql('select 1')
  pgm.sql("select 'never closed") // here
}`,
  ],
}

describe.each([8, 9] as const)('node-pg-migrate %i', (major: PeerMajor) => {
  test.each(Object.entries(failing))('%s: where it was called', async (_, [name, text, more = {}]) => {
    const { godwit, database } = await peerProject(major, { [name]: text })
    const project = await godwit()
    if (more.direction === 'down') {
      await project.up()
      await database.query('alter table c rename to gone')
    }
    const { error } = await project[more.direction ?? 'up']()
    const lines = text.split('\n')
    const line = lines.findIndex((each) => each.includes('-- here') || each.includes('// here'))
    const column = Math.max(
      ...['sql(', 'addColumns(', 'createIndex(', 'createTable(', 'select(', 'new Error'].map((call) =>
        (lines[line] as string).indexOf(call),
      ),
    )
    expect(error?.details).toMatchObject({
      file: `migrations/${name}`,
      line: line + 1,
      column: column + 1,
      frame: expect.stringContaining(`${line + 1} │ ${lines[line]}`),
      ...(more.statement === undefined ? {} : { statement: more.statement }),
    })
  })
})
