import { describe, expect, test } from 'vitest'
import { openProject, type RunEvent } from '../../../../src/index.js'
import { embedded, servers } from '../../../contract/subject.js'
import { seedProject } from './seed-project.js'

const TABLES = 'create table users (id int generated always as identity primary key, email text unique);'
const insertAnn = `await db.query("insert into users (email) values ('ann') on conflict do nothing")`

describe.each([...servers, embedded])('functions on $name', { timeout: 240_000 }, (subject) => {
  test('what it writes by itself is kept and recorded, once', async () => {
    const { put, seed, query } = await seedProject(await subject.open(), TABLES)
    put(
      'users',
      `export default async ({ db, upsert }) => { ${insertAnn}; await upsert('users', ['email'], [{ email: 'bob' }]) }`,
    )
    expect((await seed()).error).toBeUndefined()
    expect(await query('select email from users order by 1')).toEqual([{ email: 'ann' }, { email: 'bob' }])
    expect(await query('select keys from godwit.seed_row')).toEqual([{ keys: 'bob\n' }])
    expect((await seed()).error).toBeUndefined()
    expect(await query('select outcome, inserted::int from godwit.seed')).toEqual([{ outcome: 'done', inserted: 1 }])
  })

  test('settings, roles and temporary tables of it do not last', async () => {
    const { put, seed, query } = await seedProject(
      await subject.open(),
      `${TABLES} create role seeder_${subject.name.replace(/\W/g, '').toLowerCase()}_x; grant all on users to public;`,
    )
    const role = `seeder_${subject.name.replace(/\W/g, '').toLowerCase()}_x`
    put(
      'first',
      `export const after = []; export default async ({ db, upsert }) => {
      await db.query("set search_path to pg_catalog; create temporary table mine (n int); set role ${role}")
      await upsert('public.users', ['email'], { email: 'ann' }) }`,
    )
    put(
      'second',
      `export const after = ['first']; export default async ({ db, upsert }) => {
      const { rows } = await db.query("select current_setting('search_path') as path, current_user as role, to_regclass('mine') as mine")
      await upsert('users', ['email'], { email: rows[0].path.includes('pg_catalog') + ' ' + (rows[0].role === '${role}') + ' ' + rows[0].mine }) }`,
    )
    expect((await seed()).error).toBeUndefined()
    expect(await query('select email from users order by id')).toEqual([
      { email: 'ann' },
      { email: 'false false null' },
    ])
    expect(await query('select seed, keys from godwit.seed_row order by id')).toMatchObject([{ keys: 'ann\n' }, {}])
    await query(`drop owned by ${role}; drop role ${role}`)
  })

  test.each([
    ['commits', `await db.query('COMMIT')`, 0],
    ['commits, and swallows that it may not', `await db.query('commit').catch(() => {})`, 0],
    ['rolls back', `await db.query('/* so */ ROLLBACK')`, 0],
    ['commits behind something else', `await db.query('select 1; COMMIT')`, 1],
    ['swallows an error', `await db.query('nonsense').catch(() => {})`, 0],
    ['fails', `throw new Error('no more')`, 0],
  ])('one that %s is told so, and what stays is said', async (what, text, stays) => {
    const { put, fails, query } = await seedProject(await subject.open(), TABLES)
    put('users', `export default async ({ db }) => { ${insertAnn}; ${text} }`)
    const { code } = await fails()
    expect(code).toBe(/swallows an|fails/.test(what) ? 'GODWIT_SEED_FAILED' : 'GODWIT_SEED_TRANSACTION')
    expect(await query('select from users')).toHaveLength(stays)
  })

  test('a savepoint of its own is its own affair, and so is an upsert that it lets fail', async () => {
    const { put, seed, query } = await seedProject(await subject.open(), TABLES)
    put(
      'users',
      `export default async ({ db, upsert }) => {
      await db.query('savepoint a'); ${insertAnn}; await db.query('rollback to savepoint a')
      await upsert('users', ['email'], [{ email: 'x' }, { email: 'x' }]).catch(() => {})
      await upsert('users', ['email'], { email: 'bob' }) }`,
    )
    expect((await seed()).error).toBeUndefined()
    expect(await query('select email from users')).toEqual([{ email: 'bob' }])
  })

  test.each([
    [
      'a function',
      'export default async ({ db }) => { await db.query("insert into users values (1)"); await new Promise(() => {}) }',
    ],
    [
      'rows',
      `export default defineSeed({ table: 'users', key: ['id'], rows: async function* () { yield { id: 1 }; await new Promise(() => {}) } })`,
    ],
  ])('%s that waits for what never comes ends when it is stopped, and leaves nothing', async (_, text) => {
    const { put, query, folder, target } = await seedProject(
      await subject.open(),
      'create table users (id int primary key)',
    )
    put('users', text)
    const stop = new AbortController()
    const onEvent = ({ type }: RunEvent) => {
      if (type === 'seed-started') setTimeout(() => stop.abort(), 200)
    }
    const options = { cwd: folder, databaseUrl: target.url, env: {}, grace: '100ms', signal: stop.signal, onEvent }
    const { error } = await (await openProject(options)).seed()
    expect(error).toMatchObject({ code: 'GODWIT_INTERRUPTED' })
    expect(await query('select from users')).toEqual([])
  })
})
