import { describe, expect, test } from 'vitest'
import { openProject } from '../../../../src/index.js'
import { embedded, servers } from '../../../contract/subject.js'
import { seedProject } from './seed-project.js'

const SHOP = `create table users (id int generated always as identity primary key, email text unique);
create table orders (id int primary key, "user" text references users (email) on delete cascade);
create table notes (id int primary key, "user" text references users (email));`

describe.each([...servers, embedded])('clearing on $name', { timeout: 240_000 }, (subject) => {
  test('what seeds put there goes, and nothing that was there before; then it is seeded anew', async () => {
    const { rows, counts, seed, query } = await seedProject(await subject.open(), SHOP)
    await query(`insert into users (email) values ('old')`)
    rows('users', {
      table: 'users',
      key: ['email'],
      rows: `[{ email: 'old' }, { email: 'a\\tb' }, { email: 'c\\\\d' }]`,
    })
    rows('orders', { table: 'orders', key: ['id'], rows: `[{ id: 1, user: 'a\\tb' }]` })
    expect(await counts({ only: ['users'] })).toEqual({ inserted: 2, unchanged: 1 })
    await counts()
    await query(`update orders set "user" = 'old'; update users set email = 'e' || email where email = 'c\\d'`)
    const report = await seed({ clear: 'seeded', clearOnly: true, yes: true })
    expect(report.error).toBeUndefined()
    expect(report.cleared).toEqual([
      { place: 'users', rows: 1 },
      { place: 'orders', rows: 1 },
    ])
    // A person gave one of them another key: it is not what the seed put there any more.
    expect(await query('select email from users order by 1')).toEqual([{ email: 'ec\\d' }, { email: 'old' }])
    expect(await query('select from godwit.seed_row')).toEqual([])
    expect(await query(`select name, deleted::int from godwit.seed where outcome = 'cleared' order by name`)).toEqual([
      { name: 'orders', deleted: 1 },
      { name: 'users', deleted: 1 },
    ])
    expect((await seed({ clear: 'seeded', clearOnly: true, yes: true })).cleared).toEqual([])
    expect(await counts({ only: ['users'] })).toEqual({ inserted: 2, unchanged: 1 })
  })

  test('a key that begins with an empty text is read back as it was', async () => {
    const tables = 'create table texts (a text, b text, primary key (a, b))'
    const { rows, counts, seed, query } = await seedProject(await subject.open(), tables)
    rows('texts', { table: 'texts', key: ['a', 'b'], rows: `[{ a: '', b: 'c' }, { a: 'd', b: '' }]` })
    expect(await counts()).toEqual({ inserted: 2 })
    expect((await seed({ clear: 'seeded', clearOnly: true, yes: true })).cleared).toEqual([{ place: 'texts', rows: 2 }])
    expect(await query('select from texts')).toEqual([])
  })

  test('rows that go with them are told and counted apart; a foreign key that forbids it leaves everything', async () => {
    const { rows, counts, seed, query, folder, target } = await seedProject(await subject.open(), SHOP)
    rows('users', { table: 'users', key: ['email'], rows: `[{ email: 'a' }, { email: 'b' }]` })
    await counts()
    await query(`insert into orders values (1, 'a'), (2, 'a'), (3, 'b'); insert into notes values (1, 'b')`)
    const error = await seed({ clear: 'seeded', clearOnly: true, yes: true }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'GODWIT_SEED_CLEAR_REFUSED', exitCode: 5 })
    expect(error.message).toMatch(/Rows of notes .* notes_user_fkey forbids/)
    expect(await query('select from orders')).toHaveLength(3)
    await query('delete from notes')
    const project = await openProject({ cwd: folder, databaseUrl: target.url, env: {} })
    const { cleared } = await project.seed({ clear: 'seeded', clearOnly: true, dryRun: true })
    const forecast = [
      { place: 'users', rows: 2 },
      { place: 'orders', rows: 3, cascade: true },
    ]
    expect(cleared).toEqual(forecast)
    expect(await query('select from users')).toHaveLength(2)
    expect((await seed({ clear: 'seeded', clearOnly: true, yes: true })).cleared).toEqual(forecast)
    expect(await query('select from orders')).toEqual([])
  })

  test('more than was told is not deleted', async () => {
    const { rows, counts, query, folder, target } = await seedProject(await subject.open(), SHOP)
    rows('users', { table: 'users', key: ['email'], rows: `[{ email: 'a' }]` })
    await counts()
    const project = await openProject({ cwd: folder, databaseUrl: target.url, env: {} })
    // Somebody writes while the question is asked; the embedded database has one session only.
    const ask = async () => {
      if (subject.server) await query(`insert into orders values (1, 'a')`)
      return true
    }
    const asked = project.seed({ clear: 'seeded', clearOnly: true, ask })
    if (!subject.server) return expect((await asked).cleared).toEqual([{ place: 'users', rows: 1 }])
    await expect(asked).rejects.toMatchObject({ code: 'GODWIT_SEED_CLEAR_CHANGED', exitCode: 5 })
    expect(await query('select from users')).toHaveLength(1)
  })

  test('what seeds of another history put there is not known here', async () => {
    const target = await subject.open()
    const one = await seedProject(target, SHOP)
    one.rows('users', { table: 'users', key: ['email'], rows: `[{ email: 'a' }]` })
    await one.counts()
    const two = await seedProject(target, 'create table other (n int primary key)', 'second')
    two.rows('users', { table: 'other', key: ['n'], rows: '[{ n: 1 }]' })
    await two.counts()
    expect((await two.seed({ clear: 'seeded', clearOnly: true, yes: true })).cleared).toEqual([
      { place: 'other', rows: 1 },
    ])
    expect(await one.query('select from users')).toHaveLength(1)
    expect((await two.seed({ clear: 'seeded', clearOnly: true, yes: true })).cleared).toEqual([])
    expect((await one.seed({ clear: 'seeded', clearOnly: true, yes: true })).cleared).toEqual([
      { place: 'users', rows: 1 },
    ])
  })

  test('everything: the tables of the project, and no history', async () => {
    const target = await subject.open()
    await seedProject(target, 'create table theirs (n int)', 'second')
    const { rows, counts, seed, query } = await seedProject(
      target,
      `${SHOP} create schema other; create table other.stays (n int); insert into other.stays values (1); create table pointing (a int)`,
    )
    rows('users', { table: 'users', key: ['email'], rows: `[{ email: 'a' }]` })
    await counts()
    await query(`insert into users (email) values ('b'); insert into orders values (1, 'b')`)
    expect((await seed({ clear: 'all', yes: true })).cleared).toEqual([
      { place: 'orders', rows: 1 },
      { place: 'users', rows: 2 },
    ])
    expect(await query('select id, email from users')).toEqual([{ id: 1, email: 'a' }])
    expect(await query('select from other.stays')).toHaveLength(1)
    expect(await query('select from godwit_migrations')).toHaveLength(1)
    expect(await query('select from second')).toHaveLength(1)
    expect(await query('select outcome from godwit.seed order by id')).toEqual([
      { outcome: 'done' },
      { outcome: 'cleared' },
      { outcome: 'done' },
    ])
    expect(await query('select seed, rows from godwit.seed_row')).toEqual([{ seed: 'users', rows: 1 }])
    await query('create table other.theirs (email text references users (email))')
    await expect(seed({ clear: 'all', yes: true })).rejects.toMatchObject({ code: 'GODWIT_SEED_CLEAR_REFUSED' })
    expect(await query('select from users')).toHaveLength(1)
  })
})
