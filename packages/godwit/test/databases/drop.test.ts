import { writeFileSync } from 'node:fs'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { sqlProject } from '../contract/sql-project.js'
import { type Subject, servers, type TestTarget } from '../contract/subject.js'

const [, newest] = servers as [Subject, Subject]
const both = servers.map((server) => [server.name, server] as const)
const oneWay = { '1_a.sql': 'create table a (id serial primary key)' }

async function reset(target: TestTarget, more: string, files: Record<string, string> = oneWay) {
  const opened = await sqlProject(target, files)
  await opened.project.up()
  await target.query(more)
  return opened
}

test.each([
  ['a view', `create view other.v as select * from a`, 'view other.v depends on table a'],
  ['a materialized view', `create materialized view other.v as select * from a`, 'depends on table a'],
  ['a foreign key', `create table other.kept (id int references a)`, 'on table other.kept depends on'],
  [
    'a default',
    `create function f() returns int language sql as 'select 1'; create table other.kept (id int default f())`,
    'default value for column id of table other.kept depends on function f()',
  ],
  [
    'a column of a type',
    `create type mood as enum ('ok'); create table other.kept (id int, m mood)`,
    'column m of table other.kept depends on type mood',
  ],
  [
    'a column of an array of a type',
    `create type mood as enum ('ok'); create table other.kept (id int, m mood[])`,
    'column m of table other.kept',
  ],
  ['a column of a row type', `create table other.kept (id int, m a)`, 'column m of table other.kept'],
  ['a child table', `create table other.kept () inherits (a)`, 'table other.kept depends on table a'],
  [
    'a partition',
    `create table p (id int) partition by range (id); create table other.kept partition of p for values from (1) to (9)`,
    'table other.kept depends on table p',
  ],
  [
    'a function with a body that the server knows',
    `create function other.f() returns bigint language sql begin atomic select count(*) from a; end`,
    'function other.f() depends on table a',
  ],
  [
    'an event trigger',
    `create function f() returns event_trigger language plpgsql as 'begin end'; create event trigger e on sql_drop execute function f()`,
    'event trigger e depends on function f()',
  ],
])('reset by dropping is refused when %s elsewhere would go with it', async (_, more, dependent) => {
  const target = await newest.open()
  const { project, states } = await reset(target, `create schema other; ${more}`)
  const refused = {
    code: 'GODWIT_DEPENDENTS',
    exitCode: 5,
    message: expect.stringContaining(dependent),
  }
  await expect(project.wouldReset()).rejects.toMatchObject(refused)
  await expect(project.reset({ yes: true })).rejects.toMatchObject(refused)
  expect(await states()).toEqual(['1_a applied'])
  expect(await target.query(`select to_regclass('a')::text as a`)).toEqual([{ a: 'a' }])
})

test.each(both)('what other roles own is left, and said, also for a superuser: %s', async (_, server) => {
  const target = await server.open()
  const other = `other_${target.name}`
  const group = `group_${target.name}`
  await target.query(`create role ${other}; create role ${group}; grant ${group} to current_user`)
  onTestFinished(
    async () => void (await target.query(`drop owned by ${other}, ${group}; drop role ${other}, ${group}`)),
  )
  const { project, warnings, states } = await reset(
    target,
    `create table theirs (); alter table theirs owner to ${other}; create type their_type as enum (); alter type their_type owner to ${other};
     create table ours (); alter table ours owner to ${group}`,
  )
  const report = await project.reset({ yes: true })
  expect(report.dropped).toEqual(expect.arrayContaining(['table a', 'table ours']))
  expect(report.dropped.join()).not.toContain('their')
  expect(warnings().join()).toContain(`table theirs (${other}), type their_type (${other})`)
  expect(await target.query(`select to_regclass('theirs')::text as t, to_regclass('ours') as o`)).toEqual([
    { t: 'theirs', o: null },
  ])
  expect(await states()).toEqual(['1_a applied'])
  await target.query(`create view on_ours as select * from a; alter view on_ours owner to ${other}`)
  await expect(project.reset({ yes: true })).rejects.toMatchObject({
    code: 'GODWIT_DEPENDENTS',
    message: expect.stringContaining('view on_ours depends on table a'),
  })
})

test('a history of another role stops the reset', async () => {
  const target = await newest.open()
  const other = `other_${target.name}`
  await target.query(`create role ${other}`)
  onTestFinished(async () => void (await target.query(`drop owned by ${other}; drop role ${other}`)))
  const { project } = await reset(target, `alter table godwit_migrations owner to ${other}`)
  await expect(project.reset({ yes: true })).rejects.toMatchObject({
    code: 'GODWIT_PERMISSION',
    message: expect.stringContaining(other),
  })
  expect(await target.query(`select to_regclass('a')::text as a`)).toEqual([{ a: 'a' }])
})

const everyKind = `create collation c (provider = libc, locale = 'C');
create text search dictionary d (template = simple);
create text search configuration cfg (copy = simple);
alter text search configuration cfg alter mapping for word with d;
create type mood as enum ('ok', 'bad');
create type pair as (x int, y mood);
create type span as range (subtype = float8);
create domain positive as int check (value > 0);
create table t (id int primary key, m mood, ms mood[], p pair, s span, n positive, name text collate c);
create table child (id int references t);
create function same(mood, text) returns boolean language sql immutable as 'select $1::text = $2';
create operator === (leftarg = mood, rightarg = text, function = same);
create function cmp(positive, positive) returns int language sql immutable as 'select 1';
create operator family fam using btree;
create operator class cls for type mood using hash as operator 1 =(anyenum, anyenum), function 1 hashenum(anyenum);
create function to_mood(int) returns mood language sql immutable as 'select ''ok''::mood';
create cast (int as mood) with function to_mood(int);
create statistics st (ndistinct) on id, m from t;
create default conversion conv for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;
create view v as select * from t;
create function of_row(t) returns int language sql as 'select 1';
create procedure p(inout x int) language sql as 'select 1';
create function mood_last(mood, mood) returns mood language sql as 'select $2';
create aggregate agg(mood) (sfunc = mood_last, stype = mood);
create table parts (id int) partition by range (id);
create table part1 partition of parts for values from (1) to (10);
create table gen (id int generated always as identity, twice int generated always as (id * 2) stored);
create policy pol on t using (true);
create function trg() returns trigger language plpgsql as 'begin return new; end';
create trigger trg before insert on t for each row execute function trg();
create rule r as on insert to child do also nothing;`

test.each(both)(
  'every kind that lives in the schema goes, so that the same migrations apply again: %s',
  async (_, server) => {
    const target = await server.open()
    const files = { '1_a.sql': everyKind }
    const { project, states } = await reset(
      target,
      `create extension citext; create table uses_it (name citext)`,
      files,
    )
    const goes = await project.wouldReset()
    expect(goes).toEqual(
      expect.arrayContaining([
        'collation c',
        'text search dictionary d',
        'text search configuration cfg',
        'operator ===(mood, text)',
        'operator family fam',
        'operator class cls',
        'cast (integer AS mood)',
        'conversion conv',
        'statistics st',
        'function of_row(t)',
        'type span',
      ]),
    )
    expect(goes.join()).not.toMatch(/citext|part1|type _mood|multirange/)
    const report = await project.reset({ yes: true })
    expect(report.error).toBeUndefined()
    expect(report.dropped).toEqual(goes)
    expect(await states()).toEqual(['1_a applied'])
    expect(await project.wouldReset()).toEqual(goes.filter((what) => what !== 'table uses_it'))
  },
)

test('names that need quotes are dropped', async () => {
  const target = await newest.open()
  const { project } = await reset(
    target,
    `create table "odd ""name" (); create function "F x"("a b" int) returns int language sql as 'select 1'; create type "T;" as enum ()`,
  )
  expect((await project.reset({ yes: true })).dropped).toEqual(
    expect.arrayContaining(['table odd "name', 'function F x("a b" integer)', 'type T;']),
  )
})

test('a table that somebody else holds fails the reset in its time, with nothing dropped', async () => {
  const target = await newest.open()
  const { again, states } = await reset(target, `create table held (id int)`)
  const holder = new pg.Client({ connectionString: target.url })
  await holder.connect()
  try {
    await holder.query('begin; lock table held in access share mode')
    const project = await again({ lockTimeout: '300ms' })
    await expect(project.reset({ yes: true })).rejects.toMatchObject({
      code: 'GODWIT_DROP_FAILED',
      exitCode: 7,
      message: expect.stringContaining('lock timeout'),
    })
  } finally {
    await holder.end()
  }
  expect(await states()).toEqual(['1_a applied'])
  expect(await target.query(`select to_regclass('a')::text as a`)).toEqual([{ a: 'a' }])
})

test("the journal's own tables stay, also in the project's schema", async () => {
  const target = await newest.open()
  const { folder, again } = await sqlProject(target, oneWay)
  const config = { format: 'sql', migrations: 'migrations', godwit: { schema: 'public' } }
  writeFileSync(`${folder}/godwit.config.json`, JSON.stringify(config))
  const project = await again()
  await project.up()
  await project.protect(true)
  const report = await project.reset({ confirm: target.name })
  expect(report).toMatchObject({ dropped: ['table a', 'table godwit_migrations', 'sequence a_id_seq'] })
  expect(await project.status()).toMatchObject({ production: true, migrations: [{ state: 'applied' }] })
  expect(await target.query('select count(*)::int as runs from run')).toEqual([{ runs: 2 }])
})
