import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import type { MigrationFile } from '../../../src/engine/migration.js'
import { byOrder } from '../../../src/engine/order.js'
import { openFormat, peerFolder } from './support/peer-project.js'

const migration = 'exports.up = () => {}'
const names = (files: MigrationFile[]) => files.toSorted(byOrder).map((file) => file.name)

async function peerOrder(dir: string, options: object = {}): Promise<string[]> {
  const { getMigrationFilePaths } = (await import(
    pathToFileURL(join(peerFolder(9), 'dist/legacy/migration.js')).href
  )) as { getMigrationFilePaths: (dir: string, options: object) => Promise<string[]> }
  return (await getMigrationFilePaths(dir, options)).map((path) => path.replace(/^.*\//, '').replace(/\.[^.]*$/, ''))
}

const mixed = [
  '1700000000000_b.js',
  '1700000000000_a.ts',
  '1700000000000_A.sql',
  '1700000000000_a-10.js',
  '1700000000000_a-9.js',
  '1700000000000_é.js',
  '20231114221320000_same time in utc.sql',
  '20231114221319999_just before.mjs',
  '0001_first.cjs',
  '2_second.cts',
  '10_tenth.mts',
  '20240101000000_fourteen.js',
  "1700000000001_it's.sql.sql",
  '99999999999999999_no such day.js',
  '5-dash.js',
]

test('orders names as node-pg-migrate 9 does', async () => {
  const files = Object.fromEntries(mixed.map((name) => [`migrations/${name}`, migration]))
  const { dir, format } = await openFormat(files, { major: 9 })
  expect(names(await format.list())).toEqual(await peerOrder(join(dir, 'migrations')))
})

test.each(['.*\\.map|helper.*', '(.*\\.map|helper.*|\\..*)', '.*helper.*'])(
  'takes the ignore pattern %j as node-pg-migrate does',
  async (ignorePattern) => {
    const files = Object.fromEntries(
      ['1_a.js', '1_a.map', '2_helper.js', '03-helper.js', '4_.js'].map((name) => [`migrations/${name}`, migration]),
    )
    const { dir, format } = await openFormat(files, { section: { ignorePattern } })
    const byPeer = await peerOrder(join(dir, 'migrations'), { ignorePattern })
    expect(names(await format.list())).toEqual([...new Set(byPeer)])
  },
)

test('knows a place for a name whose file is gone', async () => {
  const { format } = await openFormat({
    'migrations/1_a.js': migration,
    'migrations/1_c.js': migration,
    'migrations/2_a.js': migration,
  })
  const files = await format.list()
  const gone = ['1_b', '0_z', '3_a'].map((name) => ({ name, sortKey: format.sortKeyOf(name) }))
  expect([...files, ...gone].sort(byOrder).map(({ name }) => name)).toEqual(['0_z', '1_a', '1_b', '1_c', '2_a', '3_a'])
})

test('reads glob patterns, and leaves alone what cannot be a migration', async () => {
  const files = {
    'src/a/migrations/2_b.ts': 'export const up = () => {}',
    'src/b/migrations/1_a.sql': 'select 1',
    'src/b/migrations/1_a.d.ts': '',
    'src/b/migrations/README.md': '',
    'src/b/migrations/3_skip.sql': 'select 1',
  }
  const section = { useGlob: true, migrationsDir: 'src/*/migrations/*', ignorePattern: '**/3_*' }
  expect(names(await (await openFormat(files, { section })).format.list())).toEqual(['1_a', '2_b'])
  const byConfig = await openFormat(files, { migrations: 'src/b/migrations/*.sql' })
  expect(names(await byConfig.format.list())).toEqual(['1_a', '3_skip'])
})

test('hashes by kind, whatever the line ending, and knows what has no way back', async () => {
  const { format } = await openFormat({
    'migrations/1_a.sql': '-- Up Migration\nselect 1;\n-- Down Migration\nselect 2;\n',
    'migrations/2_b.sql': '\uFEFF-- Up Migration\r\nselect 1;\r\n-- Down Migration\r\nselect 2;\r\n',
    'migrations/3_c.sql': 'select 1',
    'migrations/4_d.ts': 'export const down = false',
    'migrations/5_e.js': 'export const down = false',
  })
  const [a, b, c, d, e] = await format.list()
  expect(a?.hash).toMatch(/^sql:[0-9a-f]{64}$/)
  expect(a?.hash).toBe(b?.hash)
  expect(d?.hash).toMatch(/^ts:/)
  expect(e?.hash).toMatch(/^js:/)
  expect([a, b, c, d, e].map((file) => file?.reversible)).toEqual([true, true, false, 'unknown', 'unknown'])
})

test.each([
  ['no folder', { 'a.txt': '' }, {}, 'GODWIT_FOLDER_MISSING'],
  ['two of one name', { 'migrations/1_a.ts': '', 'migrations/1_a.js': '' }, {}, 'GODWIT_DUPLICATE_NAME'],
  ['a file without a number', { 'migrations/1_a.ts': '', 'migrations/helper.ts': '' }, {}, 'GODWIT_PGM_NO_NUMBER'],
  ['a pair', { 'migrations/1_a.up.sql': '', 'migrations/1_a.down.sql': '' }, {}, 'GODWIT_PGM_SQL_PAIR'],
])('refuses %s', async (_, files, options, code) => {
  const { format } = await openFormat(files, options)
  await expect(format.list()).rejects.toMatchObject({ code })
})

test('refuses settings that cannot be', async () => {
  const open = (section: object) => openFormat({}, { section })
  await expect(open({ ignorePattern: '(' })).rejects.toMatchObject({ code: 'GODWIT_PGM_CONFIG' })
  await expect(open({ migrationsDir: ['a', 'b'] })).rejects.toMatchObject({ code: 'GODWIT_PGM_CONFIG' })
  await expect(open({ lockValue: 1.5 })).rejects.toMatchObject({ code: 'GODWIT_PGM_CONFIG' })
})
