import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TableFormat } from '../../../src/formats/contract.js'
import { openSqlFormat } from '../../../src/formats/sql/index.js'
import { createDatabase } from '../../support/database.js'
import { scratchFolder } from '../scratch-folder.js'

async function project(
  files: Record<string, string | Buffer>,
  migrations?: string,
): Promise<{ dir: string; format: TableFormat }> {
  const dir = await scratchFolder(files)
  const context = { projectDir: dir, migrations, section: undefined, warn() {}, verbose() {}, env: {} }
  return { dir, format: await openSqlFormat(context) }
}

test('lists ups with the way back beside them, and hashes them whatever their line ending', async () => {
  const { dir, format } = await project({
    'migrations/20240101000000_first.sql': 'select 1;\nselect 2;\n',
    'migrations/20240101000000_first.down.sql': 'select 0;',
    'migrations/20240102000000_second.up.sql': '\uFEFFselect 1;\r\nselect 2;\r\n',
    'migrations/20240103000000_ümlaut and \'quote".sql.sql': 'select 3',
    'migrations/.hidden.sql': 'x',
    'migrations/README.md': 'x',
    'migrations/old/20200101000000_x.sql': 'x',
  })
  const files = await format.list()
  expect(files.map((file) => [file.name, file.reversible])).toEqual(
    expect.arrayContaining([
      ['20240101000000_first', true],
      ['20240102000000_second', false],
      ['20240103000000_ümlaut and \'quote".sql', false],
    ]),
  )
  expect(files).toHaveLength(3)
  const [first, second] = files
  expect(first?.hash).toMatch(/^sql:[0-9a-f]{64}$/)
  expect(first?.hash).toBe(second?.hash)
  expect(`sql:${first?.checksum}`).toBe(first?.hash)
  expect(first?.file).toBe(join(dir, 'migrations/20240101000000_first.sql'))
})

test.each([
  ['no folder', { 'a.txt': '' }, 'GODWIT_FOLDER_MISSING'],
  ['two of one name', { 'migrations/1_a.sql': 'x', 'migrations/1_a.up.sql': 'x' }, 'GODWIT_DUPLICATE_NAME'],
  [
    'prefixes of different length',
    { 'migrations/1_a.sql': 'x', 'migrations/10_b.sql': 'x' },
    'GODWIT_SQL_MIXED_PREFIXES',
  ],
  ['a file without a number', { 'migrations/1_a.sql': 'x', 'migrations/b.sql': 'x' }, 'GODWIT_SQL_MIXED_PREFIXES'],
  ['a lone down', { 'migrations/1_a.down.sql': 'x' }, 'GODWIT_SQL_LONE_DOWN'],
  ['dbmate', { 'migrations/1_a.sql': '\uFEFF-- migrate:up\ncreate table a ()' }, 'GODWIT_FOREIGN_FOLDER'],
  ['goose', { 'migrations/1_a.sql': '-- a comment\r\n-- +goose Up\ncreate table a ()' }, 'GODWIT_FOREIGN_FOLDER'],
  ['node-pg-migrate', { 'migrations/1_a.sql': '-- Up Migration\n' }, 'GODWIT_FOREIGN_FOLDER'],
  ['Flyway', { 'migrations/V1__a.sql': 'x' }, 'GODWIT_FOREIGN_FOLDER'],
])('refuses %s', async (_, files, code) => {
  const { format } = await project(files)
  await expect(format.list()).rejects.toMatchObject({ code })
})

test('names both files of one name, from the project on', async () => {
  const { format } = await project({ 'migrations/1_a.sql': 'x', 'migrations/1_a.up.sql': 'x' })
  await expect(format.list()).rejects.toThrow(/migrations\/1_a(\.up)?\.sql and migrations\/1_a(\.up)?\.sql/)
})

test.each(['db/sql', 'db/sql/', 'db/sql/*.sql', './db/sql/*'])('takes %s as the folder', async (migrations) => {
  const { format } = await project({ 'db/sql/1_a.sql': 'x' }, migrations)
  expect((await format.list()).map((file) => file.name)).toEqual(['1_a'])
})

test("another tool's mark inside a string is none", async () => {
  const { format } = await project({ 'migrations/1_a.sql': "select 'x -- migrate:up'" })
  expect(await format.list()).toHaveLength(1)
})

test.each(['', ' \r\n;', '-- only a comment', '/* a /* nested */ one */ ; -- x\n'])(
  'will not load %j',
  async (content) => {
    const { format } = await project({ 'migrations/1_a.sql': content })
    const [file] = await format.list()
    await expect(format.load(file!, 'up')).rejects.toMatchObject({ code: 'GODWIT_EMPTY_MIGRATION' })
  },
)

test('loads the text without its BOM, and no way back where there is none', async () => {
  const { format } = await project({ 'migrations/1_a.sql': '\uFEFF-- héllo\nselect 1' })
  const [file] = await format.list()
  const body = await format.load(file!, 'up')
  expect(body?.kind).toBe('script')
  let text = ''
  if (body?.kind === 'script') for await (const piece of body.script.read()) text += piece
  expect(text).toBe('-- héllo\nselect 1')
  expect(await format.load(file!, 'down')).toBeNull()
})

test('composes a file for each direction, numbered as the folder is', async () => {
  const now = new Date('2026-11-21T07:08:09.010Z')
  const named = async (files: Record<string, string>) => {
    const { format } = await project(files)
    return (await format.create('add users', { now })).name
  }
  expect(await named({ 'x.txt': '' })).toBe('20261121070809_add_users')
  expect(await named({ 'migrations/20261121070809_a.sql': '' })).toBe('20261121070810_add_users')
  expect(await named({ 'migrations/009_a.sql': '' })).toBe('010_add_users')
  expect(await named({ 'migrations/1700000000_a.sql': '' })).toBe('1795244889_add_users')
  await expect(named({ 'migrations/9_a.sql': '' })).rejects.toMatchObject({ code: 'GODWIT_SQL_MIXED_PREFIXES' })
  const { dir, format } = await project({})
  expect((await format.create('a/b.sql', { now })).files.map((file) => file.path)).toEqual([
    join(dir, 'migrations/20261121070809_a_b.sql'),
    join(dir, 'migrations/20261121070809_a_b.down.sql'),
  ])
  await expect(format.create(' ', { now })).rejects.toMatchObject({ code: 'GODWIT_NAME_UNUSABLE' })
})

test.each([15, 18] as const)('its history SQL runs on PostgreSQL %i', async (major) => {
  const database = await createDatabase(major)
  const { format } = await project({ "migrations/1_it's.sql": 'x', 'migrations/2_b.sql': 'y' })
  const [a, b] = (await format.list()).sort((x, y) => (x.name < y.name ? -1 : 1))
  const { history } = format
  const table = `public.${history.name}`
  const step = (file = a) => ({ name: file!.name, file, statements: 1, startedAt: 'now()' })
  await database.query(history.create(table))
  await database.query(`begin; ${history.recordUp(table, step(b))}; ${history.recordUp(table, step(a))}; commit`)
  expect(await database.query(history.read(table))).toMatchObject([
    { name: '2_b', outcome: 'applied', checksum: b!.checksum, applied_at: expect.any(Date) },
    { name: "1_it's", outcome: 'applied', checksum: a!.checksum },
  ])
  await database.query(history.resolveApplied(table, { ...step(a), file: { ...a!, checksum: 'new' } }))
  await database.query(history.recordDown(table, step(b)))
  expect(await database.query(history.read(table))).toMatchObject([{ name: "1_it's", checksum: 'new' }])
})
