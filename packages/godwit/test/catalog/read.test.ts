import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { difference, readCatalog } from '../../src/catalog/read.js'
import { createDatabase } from '../support/database.js'

async function connect(major: 15 | 18): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: (await createDatabase(major)).url })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

const everything = `
create schema app; comment on schema app is 'of the app';
create extension citext;
create type app.mood as enum ('sad', 'it''s ok');
create domain app.positive as int not null default 1 check (value > 0);
create type app.pair as (a int, b text);
create sequence app.numbers as smallint increment 2 cycle;
create table app.people (id int generated always as identity primary key, email citext not null unique,
  mood app.mood default 'sad', name varchar(20) collate "C", twice int generated always as (1 + 1) stored,
  constraint long check (length(name) > 1));
comment on column app.people.name is 'what they go by';
create table app.cars (owner int references app.people on delete cascade, at timestamptz default now()) partition by range (at);
create table app.cars_old partition of app.cars for values from (minvalue) to ('2020-01-01');
create unique index on app.people (lower(name)) where mood = 'sad';
create view app.names as select name from app.people;
create materialized view app.moods as select mood from app.people;
create function app.f(a int, b text default 'x') returns int language sql as 'select 1';
create function app.t() returns trigger language plpgsql as 'begin return new; end';
create trigger stamp before update on app.people for each row execute function app.t();
alter table app.people enable row level security;
create policy mine on app.people for select using (id = 1);`

test.each([15, 18] as const)('PostgreSQL %i: each kind of object, as the server prints it', async (major) => {
  const client = await connect(major)
  await client.query(everything)
  await client.query('set search_path = app')
  const catalog = await readCatalog(client)
  const said = Object.fromEntries([...catalog].map(([key, { says }]) => [key, says]))
  expect(said).toMatchObject({
    'schema app': 'of the app',
    'extension citext': 'public',
    'enum app.mood': "'sad', 'it''s ok'",
    'domain app.positive': 'integer | not null | default 1 | positive_check CHECK ((VALUE > 0))',
    'type app.pair': 'a integer, b text',
    'column app.people.mood': "app.mood | default 'sad'::app.mood",
    'column app.people.name': 'character varying(20) | collate C | what they go by',
    'column app.people.twice': 'integer | stored (1 + 1)',
    'column app.people.id': 'integer | not null | identity always',
    'constraint app.people.people_email_key': 'UNIQUE (email)',
    'constraint app.people.long': 'CHECK ((length((name)::text) > 1))',
    'constraint app.cars.cars_owner_fkey': 'FOREIGN KEY (owner) REFERENCES app.people(id) ON DELETE CASCADE',
    'table app.cars_old': expect.stringContaining('of app.cars'),
    'table app.people': 'row security',
    'index app.people_lower_idx': expect.stringContaining("WHERE (mood = 'sad'::app.mood)"),
    'view app.names': expect.stringContaining('FROM app.people'),
    'trigger app.people.stamp': expect.stringContaining('BEFORE UPDATE ON app.people'),
    'policy app.people.mine': 'r | to public | using (id = 1)',
  })
  expect([...catalog.keys()].filter((key) => /citext_|pg_|information_schema/.test(key))).toEqual([])
  expect((await client.query('show search_path')).rows).toEqual([{ search_path: 'app' }])
})

test('two states of a database differ by what was done between, also within a transaction', async () => {
  const client = await connect(18)
  await client.query('create table a (x int default 1, y int); create index i on a (x)')
  await client.query('begin; set local search_path = public, pg_temp')
  const before = await readCatalog(client)
  expect(difference(before, await readCatalog(client))).toEqual({ gone: [], made: [], changed: [] })
  await client.query(
    "create temp table t (); alter table a alter x set default 2, alter y set default '1'; drop index i; create view v as select 1",
  )
  expect(difference(before, await readCatalog(client))).toEqual({
    gone: ['index public.i'],
    made: ['view public.v'],
    changed: ['column public.a.x', 'column public.a.y'],
  })
  expect((await client.query('show search_path')).rows).toEqual([{ search_path: 'public, pg_temp' }])
})

test('held to some tables, what belongs to others is not read, and everything else is', async () => {
  const client = await connect(18)
  await client.query(`create table a (id serial primary key, x int generated always as identity); create index a_x on a (x);
    create table b (id serial primary key, y int check (y > 0)); create index b_y on b (y); create sequence alone; create view v as select 1 as one;
    create schema app; create table app.a (id serial)`)
  const held = await readCatalog(client, [{ schema: 'public', name: 'a' }])
  const [all, none] = [await readCatalog(client), await readCatalog(client, [])]
  const keys = (catalog: typeof all, kinds: RegExp) => [...catalog.keys()].filter((key) => kinds.test(key)).sort()
  expect(keys(held, /^(?!column|constraint)/)).toEqual([
    'index public.a_x',
    'schema app',
    'schema public',
    'sequence public.a_id_seq',
    'sequence public.a_x_seq',
    'sequence public.alone',
    'table public.a',
    'view public.v',
  ])
  expect(keys(held, /^(column|constraint) (?!public\.a\.)/)).toEqual([])
  for (const [key, object] of held) expect(all.get(key)).toEqual(object)
  expect(keys(none, /./)).toEqual(['schema app', 'schema public', 'sequence public.alone', 'view public.v'])
})
