import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Collected, Format, Queryable } from '../../../src/formats/contract.js'
import { openFormat, type PeerMajor } from './support/peer-project.js'

const noDatabase: Queryable = {
  query: () => {
    throw new Error('no database here')
  },
}

async function collected(
  format: Format,
  name: string,
  direction: 'up' | 'down' = 'up',
): Promise<Omit<Collected, 'calls'> | null> {
  const file = (await format.list()).find((one) => one.name === name)
  const body = await format.load(file!, direction)
  if (body?.kind !== 'collected') return null
  const { statements, transaction, calls } = await body.collect(noDatabase)
  expect(calls).toHaveLength(statements.length)
  return { statements, transaction }
}

test.each([8, 9] as const)('works on the builder of version %i', async (major: PeerMajor) => {
  const { dir, format } = await openFormat(
    { 'migrations/1_a.js': 'exports.up = (pgm) => { globalThis.builderSeen = pgm.constructor }' },
    { major },
  )
  await collected(format, '1_a')
  const entry = major === 9 ? 'node-pg-migrate/migrationBuilder' : 'node-pg-migrate'
  const { MigrationBuilder } = createRequire(join(dir, 'package.json'))(entry) as { MigrationBuilder: unknown }
  expect((globalThis as { builderSeen?: unknown }).builderSeen).toBe(MigrationBuilder)
})

test.each([
  ['a.js', 'exports.up = (pgm) => { pgm.sql("select 1") }'],
  ['a.js', 'module.exports = { up(pgm) { pgm.sql("select 1") } }'],
  ['a.js', 'export const up = (pgm) => { pgm.sql("select 1") }'],
  ['a.mjs', 'export default { up: (pgm) => { pgm.sql("select 1") } }'],
  ['a.cjs', 'exports.up = async (pgm) => { pgm.sql("select 1") }'],
  [
    'a.ts',
    "import type { MigrationBuilder } from 'node-pg-migrate'\nexport async function up(pgm: MigrationBuilder): Promise<void> { pgm.sql('select 1') }",
  ],
  [
    'a.mts',
    "import { PgLiteral } from 'node-pg-migrate'\nexport const up = (pgm: any) => { pgm.sql('select ' + new PgLiteral('1')) }",
  ],
  [
    'a.cts',
    "import { PgLiteral } from 'node-pg-migrate'\nexport const up = (pgm: any) => { pgm.sql('select ' + new PgLiteral('1')) }",
  ],
])('loads %s with %j', async (file, text) => {
  for (const type of ['unsaid', 'commonjs', 'module']) {
    const isModule = /^export /.test(text)
    if (file === 'a.js' && type === (isModule ? 'commonjs' : 'module')) continue
    const { format } = await openFormat(
      { 'package.json': type === 'unsaid' ? '{}' : `{"type":"${type}"}`, [`migrations/1_${file}`]: text },
      { major: 9 },
    )
    expect(await collected(format, '1_a')).toEqual({ statements: ['select 1;'], transaction: true })
  }
})

test('of a thousand earlier files only those that give shorthands are imported', async () => {
  const template = `import type { ColumnDefinitions, MigrationBuilder } from 'node-pg-migrate';

export const shorthands: ColumnDefinitions | undefined = undefined;

export async function up(pgm: MigrationBuilder): Promise<void> {}
throw new Error('imported')`
  const js = "/**\n * shorthands\n */\nexports.shorthands = undefined\n// shorthands\nthrow new Error('imported')"
  const { format } = await openFormat(
    {
      'migrations/1_a.ts': template,
      'migrations/2_b.js': js,
      'migrations/3_c.js': "exports.shorthands = { key: { type: 'uuid' }, other: { type: 'int' } }",
      'migrations/4_d.ts': "const shorthands = { key: { type: 'bigint' } }\nexport { shorthands }",
      'migrations/4_e.ts': "export * from '../shared/columns'",
      'shared/columns.ts': "export const shorthands = { shared: { type: 'text' } }",
      'migrations/5_f.js':
        "exports.up = (pgm) => pgm.createTable('t', { a: 'key', b: 'other', c: 'shared', d: 'later' })",
      'migrations/6_g.js': "exports.shorthands = { later: { type: 'json' } }",
    },
    { major: 9 },
  )
  const { statements } = (await collected(format, '5_f')) ?? { statements: [] }
  expect(statements.join('\n').replace(/\s+/g, ' ')).toBe(
    'CREATE TABLE "t" ( "a" bigint, "b" integer, "c" text, "d" later );',
  )
})

test('an earlier file whose shorthands cannot be read stops the loading', async () => {
  const { format } = await openFormat(
    {
      'migrations/1_a.js': "exports.shorthands = { id: { type: 'uuid' } }\nthrow new Error('boom')",
      'migrations/2_b.js': 'exports.up = () => {}',
    },
    { major: 9 },
  )
  await expect(collected(format, '2_b')).rejects.toMatchObject({ code: 'GODWIT_FILE_THROWS' })
})

test.each([8, 9] as const)('turns up around where there is no down, on version %i', async (major) => {
  const { format } = await openFormat(
    {
      'migrations/1_a.js': "exports.up = (pgm) => { pgm.createTable('t', { id: 'id' }); pgm.createIndex('t', 'id') }",
      'migrations/2_b.js': "exports.up = (pgm) => { pgm.sql('select 1') }",
      'migrations/3_c.js': "exports.up = async (pgm) => { await pgm.db.query('select 1') }",
      'migrations/4_d.js': 'exports.up = () => {}; exports.down = false',
      'migrations/5_e.js': "exports.up = () => {}; exports.down = (pgm) => { pgm.sql('select 2 -- two') }",
    },
    { major },
  )
  const { statements } = (await collected(format, '1_a', 'down')) ?? { statements: [] }
  expect(statements.map((sql) => sql.split(' ').slice(0, 2).join(' '))).toEqual(['DROP INDEX', 'DROP TABLE'])
  await expect(collected(format, '2_b', 'down')).rejects.toMatchObject({ code: 'GODWIT_PGM_NOT_INFERRED' })
  await expect(collected(format, '3_c', 'down')).rejects.toMatchObject({ code: 'GODWIT_PGM_NOT_INFERRED' })
  expect(await collected(format, '4_d', 'down')).toBeNull()
  expect(await collected(format, '5_e', 'down')).toEqual({ statements: ['select 2 -- two;\n;'], transaction: true })
})

test('says what a file lacks', async () => {
  const { format } = await openFormat(
    {
      'migrations/1_a.js': 'exports.down = () => {}',
      'migrations/2_b.js': 'exports.up = false',
      'migrations/3_c.js': 'exports.up = "x"',
    },
    { major: 9 },
  )
  for (const name of ['1_a', '2_b', '3_c'])
    await expect(collected(format, name)).rejects.toMatchObject({ code: 'GODWIT_PGM_NO_ACTION' })
})

test('waits for the callback, and takes an error from it', async () => {
  const { format, warnings } = await openFormat(
    {
      'migrations/1_a.js': "exports.up = (pgm, done) => { setTimeout(() => { pgm.sql('select 1'); done() }, 5) }",
      'migrations/2_b.js': "exports.up = (pgm, done) => { setTimeout(() => done(new Error('from the callback')), 5) }",
      'migrations/3_c.js': "exports.up = async (pgm, done) => { throw new Error('rejected') }",
      'migrations/4_d.js': "exports.up = (pgm, done) => { throw new Error('thrown') }",
      'migrations/5_e.js': 'exports.up = async (pgm, done) => { setTimeout(done, 20) }',
    },
    { major: 9 },
  )
  expect(await collected(format, '1_a')).toEqual({ statements: ['select 1;'], transaction: true })
  await expect(collected(format, '2_b')).rejects.toThrow('from the callback')
  await expect(collected(format, '3_c')).rejects.toThrow('rejected')
  await expect(collected(format, '4_d')).rejects.toThrow('thrown')
  expect(await collected(format, '5_e')).toEqual({ statements: [], transaction: true })
  expect(warnings).toEqual([expect.stringContaining('5_e')])
})

test('refuses other versions', async () => {
  const { format } = await openFormat({
    'migrations/1_a.js': 'exports.up = () => {}',
    'node_modules/node-pg-migrate/package.json': '{"name":"node-pg-migrate","version":"7.9.1"}',
  })
  await expect(collected(format, '1_a')).rejects.toMatchObject({ code: 'GODWIT_PGM_VERSION' })
})
