import { describe, expect, test } from 'vitest'
import { openProject } from '../../../../src/index.js'
import { servers } from '../../../contract/subject.js'
import { seedProject } from './seed-project.js'

const alone = { clear: 'seeded', clearOnly: true, yes: true } as const

describe.each(servers)('tables that are not as others on $name', { timeout: 240_000 }, (subject) => {
  test('an update leaves an identity that is the server’s own as it is, and comes to rest', async () => {
    const tables = 'create table users (id int generated always as identity, email text primary key, name text)'
    const { rows, counts, query } = await seedProject(await subject.open(), tables)
    await query(`insert into users (email, name) values ('a', 'old')`)
    const seed = (more: string) => ({
      table: 'users',
      key: ['email'],
      rows: `[{ id: 7, email: 'a', name: 'A' }]`,
      more,
    })
    rows('users', seed(`onExisting: 'update'`))
    expect(await counts()).toEqual({ updated: 1 })
    expect(await query('select * from users')).toEqual([{ id: 1, email: 'a', name: 'A' }])
    expect(await counts()).toEqual({ unchanged: 1 })
  })

  test('a reference by a bigint', async () => {
    const tables = 'create table a (id int primary key, big int8); create table b (id int primary key, a int)'
    const { rows, counts, query, fails } = await seedProject(await subject.open(), tables)
    rows('a', { table: 'a', key: ['id'], rows: `[{ id: 1, big: 9007199254740993n }]` })
    rows('b', { table: 'b', key: ['id'], rows: `[{ id: 2, a: ref('a', { big: 9007199254740993n }) }]` })
    expect(await counts()).toEqual({ inserted: 1 })
    expect(await query('select a from b')).toEqual([{ a: 1 }])
    rows('b', { table: 'b', key: ['id'], rows: `[{ id: 3, a: ref('a', { big: 5n }) }]` })
    expect((await fails()).message).toContain(`no row is ref('a', {"big":"5"})`)
  })

  test('rows of one seed that point to each other: it says how', async () => {
    const { rows, fails } = await seedProject(await subject.open(), 'create table a (id int primary key, a int)')
    rows('a', { table: 'a', key: ['id'], rows: `[{ id: 1 }, { id: 2, a: ref('a', { id: 1 }) }]` })
    const error = await fails().catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'GODWIT_SEED_CYCLE', hint: expect.stringContaining('a seed of their own') })
  })

  test('a table that others inherit from: only its own rows count, and go', async () => {
    const tables = 'create table a (id int primary key, b text); create table child () inherits (a)'
    const { rows, counts, seed, query } = await seedProject(await subject.open(), tables)
    await query(`insert into child values (1, 'child')`)
    rows('a', { table: 'a', key: ['id'], rows: `[{ id: 1, b: 'parent' }]` })
    expect(await counts()).toEqual({ inserted: 1 })
    expect(await counts()).toEqual({ unchanged: 1 })
    expect((await seed(alone)).cleared).toEqual([{ place: 'a', rows: 1 }])
    expect(await query('select b from a')).toEqual([{ b: 'child' }])
  })

  test('rows go from a table that has another name by now', async () => {
    const { rows, counts, seed, query } = await seedProject(await subject.open(), 'create table a (id int primary key)')
    rows('a', { table: 'a', key: ['id'], rows: `[{ id: 1 }, { id: 2 }]` })
    await counts()
    await query('alter table a rename to b')
    expect((await seed(alone)).cleared).toEqual([{ place: 'b', rows: 2 }])
    expect(await query('select from b')).toEqual([])
  })

  test('made rows point to themselves where a table that is empty must point to itself', async () => {
    const tables = 'create table a (id int primary key, parent int not null references a (id))'
    const { folder, target, query } = await seedProject(await subject.open(), tables)
    const project = await openProject({ cwd: folder, databaseUrl: target.url, env: {} })
    const { error } = await project.seedRows([{ place: 'a', rows: 3 }])
    expect(error).toBeUndefined()
    expect(await query('select count(*)::int as n from a where parent = id')).toEqual([{ n: 3 }])
  })

  test('the history of another tool is not emptied', async () => {
    const tables = `create table users (id int primary key);
create table migrations (id serial primary key, timestamp bigint not null, name varchar not null);
create table _prisma_migrations (id varchar primary key); create table pgmigrations (id serial, name text);
create table knex_migrations (id serial); create table knex_migrations_lock (index serial, is_locked int);`
    const { seed, query, warnings } = await seedProject(await subject.open(), tables)
    await query(`insert into users values (1); insert into migrations (timestamp, name) values (1, 'a');
insert into _prisma_migrations values ('a'); insert into pgmigrations (name) values ('a');
insert into knex_migrations default values; insert into knex_migrations_lock default values`)
    const report = await seed({ clear: 'all', clearOnly: true, yes: true })
    expect(report.cleared).toEqual([{ place: 'users', rows: 1 }])
    for (const name of ['migrations', '_prisma_migrations', 'pgmigrations', 'knex_migrations', 'knex_migrations_lock'])
      expect(await query(`select from ${name}`)).toHaveLength(1)
    expect(warnings().join()).toContain('histories of other tools')
  })

  test('a table of the project that is called migrations is emptied as others are', async () => {
    const tables = 'create table migrations (id int primary key, bird text)'
    const { seed, query } = await seedProject(await subject.open(), tables)
    await query(`insert into migrations values (1, 'godwit')`)
    expect((await seed({ clear: 'all', clearOnly: true, yes: true })).cleared).toEqual([
      { place: 'migrations', rows: 1 },
    ])
  })

  test('a value that the message hides is not in the causes either', async () => {
    const tables = 'create table users (id int primary key, password int)'
    const { rows, seed } = await seedProject(await subject.open(), tables)
    rows('users', { table: 'users', key: ['id'], rows: `[{ id: 1, password: 'hunter2' }]` })
    const { error } = await seed()
    expect(error?.message).toContain('the server cannot take its value')
    for (let at: unknown = error; at instanceof Error; at = at.cause) expect(at.stack).not.toContain('hunter2')
  })

  test('seeds for elsewhere are cleared by name on production, and not run', async () => {
    const { folder, target, rows, put, counts, query } = await seedProject(
      await subject.open(),
      'create table a (id int primary key)',
    )
    rows('demo', { table: 'a', key: ['id'], rows: `[{ id: 1 }]`, more: `env: ['development']` })
    put('other', 'export default async () => {}')
    await counts({ only: ['demo'], env: 'development' })
    const project = await openProject({ cwd: folder, databaseUrl: target.url, env: { NODE_ENV: 'production' } })
    const database = (await query('select current_database() as name'))[0] as { name: string }
    const report = await project.seed({ only: ['demo'], clear: 'seeded', yes: true, confirm: database.name })
    expect(report.cleared).toEqual([{ place: 'a', rows: 1 }])
    expect(report.seeds).toMatchObject([{ name: 'demo', outcome: 'skipped' }])
    await expect(project.seed({ only: ['demo'] })).rejects.toMatchObject({ code: 'GODWIT_SEED_ENVIRONMENT' })
  })

  test('what a clear would take is said where nothing can be written', async () => {
    const { folder, target, rows, counts, query } = await seedProject(
      await subject.open(),
      'create table a (id int primary key)',
    )
    rows('a', { table: 'a', key: ['id'], rows: `[{ id: 1 }, { id: 2 }]` })
    await counts()
    await query('delete from a where id = 2')
    const url = new URL(target.url)
    url.searchParams.set('options', '-c default_transaction_read_only=on')
    const project = await openProject({ cwd: folder, databaseUrl: url.href, env: {} })
    expect((await project.seed({ clear: 'seeded', dryRun: true })).cleared).toEqual([{ place: 'a', rows: 1 }])
    expect((await project.seed({ clear: 'all', dryRun: true })).cleared).toEqual([{ place: 'a', rows: 1 }])
  })
})
