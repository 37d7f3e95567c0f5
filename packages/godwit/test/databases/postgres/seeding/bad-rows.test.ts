import { describe, expect, test } from 'vitest'
import { embedded, servers } from '../../../contract/subject.js'
import { seedProject } from './seed-project.js'

const TABLES = `create table teams (id int primary key);
create table users (id int primary key, email text not null, age int check (age > 0), team int references teams, code varchar(3), secret_token int);
create unique index users_email on users (lower(email));
create table trees (id int primary key, parent int references trees);
create table late (id int primary key, team int references teams deferrable initially deferred, n int unique deferrable initially deferred);
create table refusing (id int primary key);
create function refuse() returns trigger language plpgsql as $$ begin if new.id = 3 then raise exception 'three is not welcome'; end if; return null; end $$;
create trigger refuse after insert on refusing for each row execute function refuse();
create view seen as select * from users;`

/** A table, its rows, and what is said of them. */
const cases: [what: string, table: string, rows: string, said: RegExp][] = [
  [
    'a key twice',
    'users',
    `{ id: 1, email: 'a' }, { id: 2, email: 'b' }, { id: 1, email: 'c' }`,
    /row 3 \(id = 1\): .*(users_pkey|same key)/,
  ],
  [
    'a key that differs in case',
    'users',
    `{ id: 1, email: 'a@X' }, { id: 2, email: 'A@x' }`,
    /row 2 \(id = 2\): .*users_email/,
  ],
  [
    'a wrong type',
    'users',
    `{ id: 1, email: 'a' }, { id: 2, email: 'b', age: 'old' }`,
    /row 2 \(id = 2\): age: .*"old"/,
  ],
  [
    'a value that does not fit',
    'users',
    `{ id: 1, email: 'a', code: 'abcd' }`,
    /row 1 \(id = 1\): .*character varying\(3\)/,
  ],
  [
    'a secret that cannot be read',
    'users',
    `{ id: 1, email: 'a', secret_token: 'xyzzy' }`,
    /row 1 \(id = 1\): secret_token: the server cannot take/,
  ],
  ['no value', 'users', `{ id: 1, email: 'a' }, { id: 2, email: null }`, /row 2 \(id = 2\): email must have a value/],
  ['a column left out', 'users', `{ id: 1 }`, /row 1 \(id = 1\): email must have a value/],
  [
    'a check',
    'users',
    `{ id: 1, email: 'a', age: 1 }, { id: 2, email: 'b', age: -1 }`,
    /row 2 \(id = 2\): .*users_age_check/,
  ],
  [
    'a foreign key',
    'users',
    `{ id: 1, email: 'a', team: 1 }, { id: 2, email: 'b', team: 9 }`,
    /row 2 \(id = 2\): .*users_team_fkey/,
  ],
  [
    'a foreign key to itself',
    'trees',
    `{ id: 1, parent: 2 }, { id: 2, parent: null }, { id: 3, parent: 9 }`,
    /row 3 \(id = 3\): .*trees_parent_fkey/,
  ],
  [
    'a deferred foreign key',
    'late',
    `{ id: 1, team: 1, n: 1 }, { id: 2, team: 9, n: 2 }`,
    /row 2 \(id = 2\): .*late_team_fkey/,
  ],
  [
    'a deferred unique constraint',
    'late',
    `{ id: 1, n: 1 }, { id: 2, n: 2 }, { id: 3, n: 1 }`,
    /row 3 \(id = 3\): .*late_n_key/,
  ],
  ['a trigger', 'refusing', `{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }`, /row 3 \(id = 3\): .*three is not welcome/],
  ['a null in the key', 'users', `{ id: null, email: 'a' }`, /row 1.*: its key id is null/],
  ['no key', 'users', `{ email: 'a' }`, /row 1: it says nothing of its key id/],
  [
    'an unknown column',
    'users',
    `{ id: 1, emial: 'a' }`,
    /row 1 \(id = 1\): there is no column 'emial' in users; did you mean 'email'\?/,
  ],
  ['what is no value', 'users', `{ id: 1, email: {} }`, /row 1 \(id = 1\): email: an object cannot be written there/],
  [
    'half a character',
    'users',
    `{ id: 1, email: 'a' }, { id: 2, email: '\\ud800' }, { id: 3, email: 'c' }`,
    /row 2.*: it holds half of a character/,
  ],
  ['a view', 'seen', `{ id: 1 }`, /fills seen, which is a view/],
  ['no table', 'nowhere', `{ id: 1 }`, /fills nowhere, which is not there/],
]

describe.each([...servers, embedded])('rows that cannot be put there on $name', { timeout: 240_000 }, (subject) => {
  test.each([
    ['an empty table', ''],
    [
      'a table with rows',
      `insert into users values (100, 'z'); insert into trees values (100); insert into late values (100); insert into refusing values (100)`,
    ],
  ])('into %s: the row, its key and why are told, and nothing is written', { timeout: 240_000 }, async (_, before) => {
    const target = await subject.open()
    const { rows, fails, query } = await seedProject(target, `${TABLES} insert into teams values (1); ${before}`)
    const all = `select (select count(*) from users)::int as users, (select count(*) from trees)::int as trees, (select count(*) from late)::int as late,
      (select count(*) from refusing)::int as refusing`
    const there = await query(all)
    for (const [what, table, list, said] of cases) {
      rows('seed', { table, key: ['id'], rows: `[${list}]` })
      const { code, message } = await fails()
      expect({ what, message }).toEqual({ what, message: expect.stringMatching(said) })
      expect(code).toBe(/which is/.test(message) ? 'GODWIT_SEED_PLACE' : 'GODWIT_SEED_ROW')
      expect(message).not.toMatch(/Failing row|xyzzy/)
    }
    expect(await query(all)).toEqual(there)
    expect(await query(`select distinct outcome from godwit.seed`)).toEqual([{ outcome: 'failed' }])
    expect(await query('select from godwit.seed_row')).toEqual([])
  })

  test('a key that nothing keeps unique', async () => {
    const { rows, fails } = await seedProject(
      await subject.open(),
      'create table a (n int, m int); create unique index on a (m) where n > 0',
    )
    rows('a', { table: 'a', key: ['n'], rows: '[{ n: 1 }]' })
    expect(await fails()).toMatchObject({ code: 'GODWIT_SEED_KEY' })
    rows('a', { table: 'a', key: ['m'], rows: '[{ m: 1 }]' })
    expect(await fails()).toMatchObject({ code: 'GODWIT_SEED_KEY' })
    rows('a', { table: 'a', key: ['o'], rows: '[{ o: 1 }]' })
    expect(await fails()).toMatchObject({ code: 'GODWIT_SEED_KEY', message: expect.stringContaining('o') })
  })

  test('a row far behind in many of two shapes, on the second run', async () => {
    const { rows, fails, counts } = await seedProject(await subject.open(), TABLES)
    const made = (bad: string) =>
      `Array.from({ length: 5000 }, (_, i) => i === 4321 ? ${bad} : i % 3 ? { id: i + 1, email: 'u' + i, age: 5 } : { id: i + 1, email: 'u' + i })`
    rows('users', { table: 'users', key: ['id'], rows: made(`{ id: 4322, email: 'x', age: 'y' }`) })
    expect((await fails()).message).toMatch(/row 4322 \(id = 4322\): age: /)
    rows('users', { table: 'users', key: ['id'], rows: made(`{ id: 4322, email: 'u7', age: 1 }`) })
    expect((await fails()).message).toMatch(/row 4322 \(id = 4322\): .*users_email/)
    rows('users', { table: 'users', key: ['id'], rows: `[{ id: 1, email: 'u0' }]` })
    await counts()
    rows('users', { table: 'users', key: ['id'], rows: made(`{ id: 4322, email: 'u7', age: 1 }`) })
    expect((await fails()).message).toMatch(/row 4322 \(id = 4322\): .*users_email/)
    rows('users', { table: 'users', key: ['id'], rows: made(`{ id: 3, email: 'u7', age: 1 }`) })
    expect((await fails()).message).toMatch(/row 4322 \(id = 3\): row 3 has the same key/)
  })

  test('a row that the server refuses while it is still being sent what comes behind', async () => {
    const { rows, fails, query } = await seedProject(await subject.open(), TABLES)
    const many = `[{ id: 50, email: 'a', age: 'y' }, { id: 2, email: 'x'.repeat(3e7), age: 5 }]`
    for (const before of [false, true]) {
      if (before) await query(`insert into users values (100000, 'z')`)
      rows('users', { table: 'users', key: ['id'], rows: many })
      expect((await fails()).message).toMatch(/row 1 \(id = 50\): age: /)
    }
  })
})
