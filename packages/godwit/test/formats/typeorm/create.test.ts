import { expect, test } from 'vitest'
import { openTypeormFormat } from '../../../src/formats/typeorm/index.js'
import { createProject, dataSource } from './support/project.js'

const now = new Date(1700000000001)

test.each([
  ['AddUsers', undefined, 'src/migrations/1700000000001-AddUsers.ts', 'AddUsers1700000000001'],
  ['add users-table', undefined, 'src/migrations/1700000000001-add-users-table.ts', 'AddUsersTable1700000000001'],
  ['db/changes/Name', undefined, 'db/changes/1700000000001-Name.ts', 'Name1700000000001'],
  ['über Größe', 'db/**/*.ts', 'db/1700000000001-über-Größe.ts', 'ÜberGröße1700000000001'],
  ["2024 it's", 'm', "m/1700000000001-2024-it's.ts", 'Migration2024ItS1700000000001'],
])('%s', async (name, migrations, file, className) => {
  const project = createProject({ 'm/keep': '' })
  const format = await openTypeormFormat(project.context(migrations))
  const created = await format.create(name, { now })
  expect([created.name, created.files[0]?.path]).toEqual([className, `${project.dir}/${file}`])
  project.write({ [file]: created.files[0]?.content ?? '' })
  const listed = await (await openTypeormFormat(project.context(file.slice(0, file.lastIndexOf('/'))))).list()
  expect(listed).toMatchObject([{ name: className, reversible: true }])
  const body = await format.load(listed[0]!, 'down')
  expect(body?.kind).toBe('function')
})

test.each(['{}', '{ "type": "module" }'])('JavaScript in a package %s', async (manifest) => {
  const project = createProject({ 'package.json': manifest })
  const format = await openTypeormFormat(project.context())
  const { files } = await format.create('Name', { now, template: 'js' })
  project.write({ 'src/migrations/1700000000001-Name.js': files[0]?.content ?? '' })
  expect(files[0]?.path).toBe(`${project.dir}/src/migrations/1700000000001-Name.js`)
  const [file] = await format.list()
  expect(file?.name).toBe('Name1700000000001')
  expect((await format.load(file!, 'up'))?.kind).toBe('function')
})

test('the folder of the data source is taken', async () => {
  const project = createProject({
    'src/data-source.ts': dataSource('postgres://h/d', `migrations: [__dirname + '/database/changes/*{.ts,.js}']`),
  })
  const { files } = await (await openTypeormFormat(project.context())).create('Name', { now })
  expect(files[0]?.path).toBe(`${project.dir}/src/database/changes/1700000000001-Name.ts`)
})

test('a backslash is no folder', async () => {
  const project = createProject({})
  const { files } = await (await openTypeormFormat(project.context())).create('drafts\\Name', { now })
  expect(files[0]?.path).toBe(`${project.dir}/src/migrations/1700000000001-drafts-Name.ts`)
})

test.each(['', ' / ', '!!', '../elsewhere/Name'])('%j cannot be a name', async (name) => {
  const format = await openTypeormFormat(createProject({}).context())
  await expect(format.create(name, { now })).rejects.toMatchObject({ code: 'GODWIT_NAME_UNUSABLE' })
})

test('looking for the newest time tells nothing of the other files, nor is it stopped by them', async () => {
  const project = createProject({
    'src/migrations/1700000000000-Empty.ts': 'export {}',
    'src/migrations/1700000000001-There.ts': 'export class There1700000000001 { async up() {} }',
  })
  const made = async () => (await (await openTypeormFormat(project.context())).create('Name', { now })).name
  expect(await made()).toBe('Name1700000000002')
  expect(project.warnings).toEqual([])
  project.write({ 'src/migrations/bad.ts': 'export class WithoutTime implements MigrationInterface { async up() {} }' })
  expect(await made()).toBe('Name1700000000001')
})
