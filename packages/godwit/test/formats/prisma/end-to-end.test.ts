import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { createDatabase, type TestDatabase } from '../../support/database.js'
import { openPrismaEngine } from '../../support/prisma-engine.js'
import { scratchFolder } from '../scratch-folder.js'

const users = 'create table users (id int primary key);\n'

async function prismaProject(migrations: Record<string, string>, options: { major?: 15 | 18; query?: string } = {}) {
  const database = await createDatabase(options.major)
  const url = database.url + (options.query ?? '')
  const folder = await scratchFolder({
    'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
  })
  const put = async (files: Record<string, string>) => {
    for (const [path, content] of Object.entries(files)) {
      const [name = '', file = 'migration.sql'] = path.split('/')
      await mkdir(join(folder, 'prisma/migrations', name), { recursive: true })
      await writeFile(join(folder, 'prisma/migrations', name, file), content)
    }
  }
  await put(migrations)
  const project = await openProject({ cwd: folder, env: { DATABASE_URL: url }, wait: 0 })
  const states = async () => (await project.status()).migrations.map(({ name, state }) => `${name} ${state}`)
  return { database, project, put, states, migrations: join(folder, 'prisma/migrations') }
}

const rows = (database: TestDatabase, table = '_prisma_migrations') =>
  database.query(`select migration_name as name, checksum, logs, applied_steps_count as steps, finished_at is not null as finished,
    rolled_back_at is not null as rolled_back from ${table} order by started_at, finished_at`)

test.each([15, 18] as const)('Prisma applied, Godwit sees, undoes and applies again: PostgreSQL %i', async (major) => {
  const { database, project, states, migrations } = await prismaProject(
    { '1_users': users, '1_users/down.sql': 'drop table users', '2_data': 'insert into users values (1)' },
    { major },
  )
  const engine = await openPrismaEngine(database.url, migrations)
  await engine.apply()
  expect(await states()).toEqual(['1_users applied', '2_data applied'])
  expect((await project.up()).steps).toEqual([])
  await expect(project.down()).rejects.toMatchObject({ code: 'GODWIT_IRREVERSIBLE' })
  await database.query(`delete from _prisma_migrations where migration_name = '2_data'`)
  expect(await project.down()).toMatchObject({ steps: [{ name: '1_users', outcome: 'done' }] })
  expect(await database.query(`select to_regclass('users') as t`)).toEqual([{ t: null }])
  expect(await states()).toEqual(['1_users pending', '2_data pending'])
  expect((await project.up()).steps.map((step) => step.outcome)).toEqual(['done', 'done'])
  expect(await engine.diagnose()).toMatchObject({ editedMigrationNames: [], failedMigrationNames: [], history: null })
})

test('Godwit applied, Prisma sees nothing to do and goes on', async () => {
  const { database, project, put, states, migrations } = await prismaProject({
    '1_users': users.replaceAll('\n', '\r\n'),
    '2_own': `begin;\r\nalter table users add name text;\r\ncommit;`,
    '3_concurrent': 'create index concurrently users_name on users (name);',
    '4_empty': '-- This is an empty migration.',
    "5 it's.sql": 'insert into users values (1);;',
  })
  const report = await project.up()
  expect(report.error).toBeUndefined()
  expect(report.steps.map((step) => step.outcome)).toEqual(Array(5).fill('done'))
  expect(await rows(database)).toEqual(
    ['1_users', '2_own', '3_concurrent', '4_empty', "5 it's.sql"].map((name) => ({
      name,
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
      logs: null,
      steps: 1,
      finished: true,
      rolled_back: false,
    })),
  )
  const engine = await openPrismaEngine(database.url, migrations)
  expect(await engine.diagnose()).toMatchObject({ editedMigrationNames: [], failedMigrationNames: [], history: null })
  await put({ '6_more': 'select 1' })
  expect(await engine.apply()).toEqual(['6_more'])
  expect((await states()).at(-1)).toBe('6_more applied')
})

test('a migration that failed under Prisma stops Godwit until it is settled', async () => {
  const { database, project, put, states, migrations } = await prismaProject({ '1_bad': `${users}select nope;` })
  const engine = await openPrismaEngine(database.url, migrations)
  await expect(engine.apply()).rejects.toThrow(/nope/)
  expect(await states()).toEqual(['1_bad failed'])
  await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED', exitCode: 5 })
  await project.resolve('1_bad', 'rolled-back')
  await put({ '1_bad': users })
  expect((await project.up()).steps).toMatchObject([{ name: '1_bad', outcome: 'done' }])
  expect(await rows(database)).toMatchObject([
    { finished: false, rolled_back: true },
    { finished: true, rolled_back: false, steps: 1 },
  ])
  expect((await engine.diagnose()).failedMigrationNames).toEqual([])
})

test('what Godwit settled by hand is settled for Prisma', async () => {
  const { database, project, migrations } = await prismaProject({ '1_users': users, '2_more': 'select 1' })
  await project.resolve('1_users', 'applied')
  expect(await rows(database)).toMatchObject([{ name: '1_users', logs: '', steps: 0, finished: true }])
  const engine = await openPrismaEngine(database.url, migrations)
  expect(await engine.apply()).toEqual(['2_more'])
  await project.resolve('2_more', 'rolled-back')
  expect(await engine.apply()).toEqual(['2_more'])
})

test('the schema of the URL is the home of tables and history, and is made', async () => {
  const { database, project, migrations, states } = await prismaProject(
    { '1_users': users, '1_users/down.sql': 'drop table users' },
    { query: '?schema=shop' },
  )
  expect(await states()).toEqual(['1_users pending'])
  await project.up()
  expect(await rows(database, 'shop._prisma_migrations')).toMatchObject([{ name: '1_users', finished: true }])
  expect(await database.query(`select to_regclass('shop.users') is not null as t`)).toEqual([{ t: true }])
  const engine = await openPrismaEngine(database.url, migrations, 'shop')
  expect(await engine.diagnose()).toMatchObject({ hasMigrationsTable: true, history: null })
  await project.down()
  expect(await engine.apply()).toEqual(['1_users'])
  expect(await states()).toEqual(['1_users applied'])
})

test("waits for Prisma's lock", async () => {
  const { database, project } = await prismaProject({ '1_users': users })
  const prisma = new pg.Client(database.url)
  await prisma.connect()
  onTestFinished(() => prisma.end())
  await prisma.query('select pg_advisory_lock(72707369)')
  await expect(project.up()).rejects.toMatchObject({ exitCode: 6 })
  await prisma.query('select pg_advisory_unlock(72707369)')
  expect((await project.up()).steps).toHaveLength(1)
})

test('the other line ending is no edit, another text is one', async () => {
  const { project, put, states, database, migrations } = await prismaProject({ '1_users': users })
  const engine = await openPrismaEngine(database.url, migrations)
  await engine.apply()
  await put({ '1_users': users.replaceAll('\n', '\r\n') })
  expect((await project.status()).migrations).toMatchObject([{ state: 'applied' }])
  expect((await project.status()).migrations[0]).not.toHaveProperty('warning')
  await put({ '1_users': `${users}-- edited` })
  expect((await project.status()).migrations).toMatchObject([{ state: 'applied', warning: 'edited-before-adoption' }])
  await put({ '2_more': 'select 1' })
  await project.up()
  await put({ '1_users': `${users}-- edited again` })
  expect(await states()).toEqual(['1_users edited', '2_more applied'])
})

test.each([
  ['a transaction of its own', 'begin;\n', 'commit;'],
  ['one transaction', '', ''],
])('a migration with %s that failed and left nothing is pending again (rule 17)', async (_, begin, commit) => {
  const { database, project, put, states, migrations } = await prismaProject({
    '1_users': `${begin}${users}select nope;\n${commit}`,
  })
  expect((await project.up()).error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED' })
  const failed = { logs: 'column "nope" does not exist', steps: 0, finished: false }
  expect(await rows(database)).toMatchObject([{ ...failed, rolled_back: false }])
  expect(await states()).toEqual(['1_users pending'])
  const engine = await openPrismaEngine(database.url, migrations)
  expect((await engine.diagnose()).failedMigrationNames).toEqual(['1_users'])
  await put({ '1_users': begin + users + commit })
  expect((await project.up()).error).toBeUndefined()
  expect(await rows(database)).toMatchObject([
    { ...failed, rolled_back: true },
    { logs: null, steps: 1, finished: true, rolled_back: false },
  ])
  expect(await engine.diagnose()).toMatchObject({ editedMigrationNames: [], failedMigrationNames: [], history: null })
})

test('a migration that failed halfway under Godwit has failed for Prisma, too', async () => {
  const { database, project, put, states, migrations } = await prismaProject({
    '1_users': `${users}create index concurrently users_id on users (nope);`,
  })
  expect((await project.up()).error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED' })
  expect(await states()).toEqual(['1_users failed'])
  const engine = await openPrismaEngine(database.url, migrations)
  expect((await engine.diagnose()).failedMigrationNames).toEqual(['1_users'])
  // The history says that it is settled, whatever the journal says (rule 11).
  await engine.markRolledBack('1_users')
  await database.query('drop table users')
  await put({ '1_users': `${users}create index concurrently users_id on users (id);` })
  expect(await states()).toEqual(['1_users pending'])
  expect((await project.up()).error).toBeUndefined()
  expect(await engine.diagnose()).toMatchObject({ editedMigrationNames: [], failedMigrationNames: [], history: null })
})

test('works on the embedded database', async () => {
  const folder = await scratchFolder({
    'godwit.config.mjs': `export default { format: 'prisma', database: 'embedded:db' }`,
    'prisma/migrations/1_users/migration.sql': users,
    'prisma/migrations/2_index/migration.sql': 'create index concurrently users_id on users (id)',
  })
  const project = await openProject({ cwd: folder, env: {} })
  expect((await project.up()).steps).toMatchObject([{ outcome: 'done' }, { outcome: 'done' }])
})
