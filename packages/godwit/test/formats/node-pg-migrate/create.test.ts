import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { NodePgMigrateSection } from '../../../src/formats/node-pg-migrate/index.js'
import { openFormat } from './support/peer-project.js'

const now = new Date('2026-11-21T07:08:09.010Z')

async function created(names: string[], section: NodePgMigrateSection = {}, more: Record<string, string> = {}) {
  const files = Object.fromEntries(names.map((name) => [`migrations/${name}`, 'select 1']))
  const { dir, format } = await openFormat({ ...files, ...more }, { section })
  const { name, files: made } = await format.create('Add users_table', { now })
  return { name, path: made[0]?.path.slice(dir.length + 1), content: made[0]?.content }
}

test.each([
  [[], {}, '1795244889010_Add-users-table.js'],
  [['1700000000000_a.sql'], {}, '1795244889010_Add-users-table.sql'],
  [['1895244889010_a.ts'], {}, '1895244889011_Add-users-table.ts'],
  [['0009_a.sql', '0001_b.js'], {}, '0010_Add-users-table.sql'],
  [['20231114221320000_a.mts'], {}, '20261121070809010_Add-users-table.mts'],
  [['20240101000000_a.cjs'], {}, '20261121070809_Add-users-table.cjs'],
  [['20270101000000_a.cjs'], {}, '20270101000001_Add-users-table.cjs'],
  [['1700000000000_a.sql'], { migrationFilenameFormat: 'utc' }, '20261121070809010_Add-users-table.sql'],
  [['1700000000000_a.sql'], { migrationFileLanguage: 'ts' }, '1795244889010_Add-users-table.ts'],
] as [string[], NodePgMigrateSection, string][])('in a folder with %j and %j: %s', async (names, section, expected) => {
  const { path, name } = await created(names, section)
  expect(path).toBe(`migrations/${expected}`)
  expect(name).toBe(expected.replace(/\.[^.]*$/, ''))
})

test('what it writes can be loaded and listed behind the others', async () => {
  for (const language of ['js', 'ts', 'cjs', 'mjs', 'cts', 'mts'] as const) {
    for (const type of ['commonjs', 'module']) {
      const packageJson = { 'package.json': `{"type":"${type}"}` }
      const { path, content } = await created([], { migrationFileLanguage: language }, packageJson)
      const { format } = await openFormat({ ...packageJson, [path ?? '']: content ?? '' }, { major: 9 })
      const [file] = await format.list()
      for (const direction of ['up', 'down'] as const)
        expect(await format.load(file!, direction)).toMatchObject({ kind: 'collected' })
    }
  }
  const { content } = await created([], { migrationFileLanguage: 'sql' })
  expect(content).toMatch(/^-- Up Migration\n[\s\S]*^-- Down Migration\n/m)
})

test('begins with a template', async () => {
  const template = { 'my/template.ts': '// mine' }
  expect(await created([], { templateFileName: 'my/template.ts' }, template)).toMatchObject({
    content: '// mine',
    path: expect.stringMatching(/\.ts$/),
  })
  const { dir, format } = await openFormat(template)
  const { files } = await format.create('x', { now, template: 'my/template.ts' })
  expect(files).toEqual([{ path: join(dir, 'migrations/1795244889010_x.ts'), content: '// mine' }])
  await expect(format.create('x', { now, template: 'nowhere.ts' })).rejects.toMatchObject({
    code: 'GODWIT_FILE_UNREADABLE',
  })
  await expect(format.create(' ', { now })).rejects.toMatchObject({ code: 'GODWIT_NAME_UNUSABLE' })
})

test('finds the folder of a glob', async () => {
  const { dir, format } = await openFormat({ 'db/all/0001_a.sql': '' }, { migrations: 'db/all/*.{sql,ts}' })
  expect((await format.create('x', { now })).files[0]?.path).toBe(join(dir, 'db/all/0002_x.sql'))
})
