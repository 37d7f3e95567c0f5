import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { createDatabase } from '../../support/database.js'
import { scratchFolder } from '../scratch-folder.js'

async function sqlProject(files: Record<string, string>, section = '') {
  const database = await createDatabase()
  const folder = await scratchFolder({
    'godwit.config.mjs': `export default { format: 'sql', migrations: 'migrations', ${section} }`,
    ...Object.fromEntries(Object.entries(files).map(([name, content]) => [`migrations/${name}`, content])),
  })
  const project = await openProject({ cwd: folder, databaseUrl: database.url, env: {} })
  const states = async () => (await project.status()).migrations.map(({ name, state }) => `${name} ${state}`)
  return {
    database,
    project,
    states,
    folder,
    put: (name: string, text: string) => writeFile(join(folder, 'migrations', name), text),
  }
}

test('applies, undoes, sees edits; CRLF, BOM and odd names are no matter', async () => {
  const { database, project, states, put } = await sqlProject({
    '01_a.sql': 'create table a (id int);\ninsert into a values (1);\n',
    '01_a.down.sql': 'drop table a;',
    '02_ü "b" it\'s.sql.up.sql': '\uFEFFcreate table "b " (id int);\r\n',
    '02_ü "b" it\'s.sql.down.sql': 'drop table "b "',
  })
  const [a, b] = ['01_a', '02_ü "b" it\'s.sql']
  expect((await project.up()).steps.map((step) => step.name)).toEqual([a, b])
  expect(
    await database.query('select name, length(hash) as length from godwit_migrations order by applied_at'),
  ).toEqual([
    { name: a, length: 64 },
    { name: b, length: 64 },
  ])
  await put('01_a.sql', '\uFEFFcreate table a (id int);\r\ninsert into a values (1);\r\n')
  expect(await states()).toEqual([`${a} applied`, `${b} applied`])
  expect((await project.down()).steps).toMatchObject([{ name: b, outcome: 'done' }])
  await put('01_a.sql', 'create table other ()')
  expect(await states()).toEqual([`${a} edited`, `${b} pending`])
  await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_EDITED' })
})

test('an empty migration behind good ones changes nothing', async () => {
  const { database, project } = await sqlProject({ '1_a.sql': 'create table a ()', '2_b.sql': '-- later\n' })
  await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_EMPTY_MIGRATION', exitCode: 2 })
  expect(await database.query(`select to_regclass('a') as a, to_regclass('godwit_migrations') as h`)).toEqual([
    { a: null, h: null },
  ])
})

test('the history stands where the config says', async () => {
  const section = `sql: { table: 'my "history"', schema: 'ops' }`
  const { database, project, states } = await sqlProject({ '1_a.sql': 'create table a ()' }, section)
  await database.query('create schema ops')
  await project.up()
  expect(await database.query('select name from ops."my ""history"""')).toEqual([{ name: '1_a' }])
  expect(await states()).toEqual(['1_a applied'])
})

test('what create writes is listed, and refuses to run until it is filled', async () => {
  const { project, states, put } = await sqlProject({ '20240101000000_a.sql': 'create table a ()' })
  const made = await project.create('add b')
  expect(await states()).toEqual(['20240101000000_a pending', `${made.name} pending`])
  await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_EMPTY_MIGRATION' })
  await put(`${made.name}.sql`, 'create table b ()')
  expect((await project.up()).steps).toHaveLength(2)
  await expect(project.down()).rejects.toMatchObject({ code: 'GODWIT_EMPTY_MIGRATION' })
})

test("a folder that golang-migrate ran on this database isn't run a second time", async () => {
  const { database, project, states } = await sqlProject({
    '000001_a.up.sql': 'create table if not exists a (id int); insert into a values (1)',
    '000001_a.down.sql': 'drop table a',
    '000002_b.up.sql': 'create table b ()',
  })
  await database.query('create table schema_migrations (version bigint not null primary key, dirty boolean not null)')
  expect(await states()).toEqual(['000001_a pending', '000002_b pending'])
  await database.query('insert into schema_migrations values (1, false)')
  const report = await project.up()
  expect(report.error).toMatchObject({ code: 'GODWIT_FOREIGN_FOLDER', message: expect.stringContaining('000001_a') })
  expect(await database.query(`select to_regclass('a') as a`)).toEqual([{ a: null }])
  await project.resolve('000001_a', 'applied')
  expect((await project.up()).steps).toMatchObject([{ name: '000002_b', outcome: 'done' }])
})
