import { expect } from 'vitest'

/** A change of a schema: what the history makes, and what it is to lead to. */
export interface Change {
  before: string
  after: string
  /** Answers, where something looks renamed. */
  rename?: string[]
  noRename?: string[]
  recreate?: string[]
  /** What is told to be lost. */
  losses?: string[]
  /** What the statements hold, and what they do not. */
  has?: RegExp
  hasNot?: RegExp
}

const users = 'create table users (id int primary key, name varchar(100), age int);'

/** One for each kind of change. */
export const changes: Record<string, Change> = {
  'a table': { before: '', after: users },
  'columns of new types, where they stand in their table': {
    before: '',
    after: `create schema kinds; create type kinds.mood as enum ('a', 'b'); create domain email as text check (value <> '');
      create type pair as (one int, other kinds.mood);
      create table person (id int primary key, mood kinds.mood not null, mail email, both_of pair, name text);`,
    has: /CREATE TABLE "public"\."person" [^;]*"id"[^;]*"mood"[^;]*"mail"[^;]*"both_of"[^;]*"name"/,
  },
  'a table that goes': { before: users, after: '', losses: ['table users'] },
  'a column': { before: users, after: `${users} alter table users add mail text not null default '';` },
  'a value of an enum, and a new type and a new domain over it': {
    before: "create type mood as enum ('a', 'b'); create table t (n text, m mood);",
    after: `create type mood as enum ('a', 'b', 'c'); create table t (n text, m mood);
      create type addr as (m mood); create domain calm as mood check (value <> 'a'); create type plain as enum ('x');
      create table x (first addr, second calm, third plain, z int);`,
  },
  'a view with several options': {
    before: users,
    after: `${users} create view ids with (security_barrier) as select id from users with cascaded check option;`,
  },
  'a column that goes': {
    before: users,
    after: 'create table users (id int primary key, name varchar(100));',
    losses: ['column users.age'],
  },
  'a wider type': {
    before: users,
    after: `${users} alter table users alter name type varchar(200), alter age type bigint;`,
    losses: [],
  },
  'a narrower type is not cut': {
    before: users,
    after: `${users} alter table users alter name type varchar(20);`,
    losses: [
      'column users.name (character varying(100) becomes character varying(20): it fails where a value does not fit)',
    ],
    hasNot: /USING/,
  },
  'a type that needs a cast': {
    before: users,
    after: `${users} alter table users alter name type int using name::int;`,
    has: /USING "name"::integer/,
  },
  'types that round and cut': {
    before: 'create table t (a numeric(8,2), b timestamptz, c text);',
    after: 'create table t (a int, b date, c text);',
    losses: [
      'column t.a (numeric(8,2) becomes integer: values are rounded or cut)',
      'column t.b (timestamp with time zone becomes date: values are rounded or cut)',
    ],
  },
  'a default and not null': {
    before: users,
    after: `${users} alter table users alter age set default 1, alter age set not null;`,
    hasNot: /DROP DEFAULT/,
  },
  'a unique and a check': {
    before: users,
    after: `${users} alter table users add constraint once unique (name, age), add check (age > 0);`,
  },
  'a partial index on an expression': {
    before: `${users} create index users_name on users (name);`,
    after: `${users} create unique index users_name on users (lower(name)) where age is not null;`,
  },
  'a foreign key with its rule': {
    before: `${users} create table posts (id int primary key, author int references users);`,
    after: `${users} create table posts (id int primary key, author int references users on delete cascade);`,
  },
  'an enum value, used at once': {
    before: `create type mood as enum ('a'); create table t (m mood default 'a');`,
    after: `create type mood as enum ('a', 'b'); create table t (m mood default 'b');`,
  },
  'an enum value that goes': {
    before: `create type mood as enum ('a', 'b'); create table t (m mood default 'a');`,
    after: `create type mood as enum ('a'); create table t (m mood default 'a');`,
    losses: [expect.stringMatching(/^rows with a value that is gone: .*"m"/)],
  },
  'a view on what changes': {
    before: `${users} create view names as select id, name from users;`,
    after: `create table users (id bigint primary key, name varchar(100), age int); create view names as select id, name, age from users;`,
  },
  'a materialized view': {
    before: users,
    after: `${users} create materialized view counted as select count(*) as n from users; create unique index on counted (n);`,
  },
  'a function and its trigger': {
    before: users,
    after: `${users} create function touch() returns trigger language plpgsql as $$begin new.age = 1; return new; end$$;
      create trigger touched before update on users for each row execute function touch();`,
    has: /check_function_bodies|CREATE OR REPLACE FUNCTION/,
  },
  'a function that uses what comes later': {
    before: '',
    after: `create function b() returns int language sql as 'select 1'; create function a() returns int language sql as 'select b()';`,
  },
  'identity for serial': {
    before: 'create table t (id serial primary key);',
    after: 'create table t (id int generated by default as identity primary key);',
    losses: ['the counter of sequence t_id_seq'],
  },
  'a generated column, in another way': {
    before: 'create table t (a int, b int generated always as (a + 1) stored);',
    after: 'create table t (a int, b int generated always as (a + 2) stored);',
    losses: [],
  },
  arrays: {
    before: 'create table t (a text[]);',
    after: `create table t (a text[] not null default '{}', b int[][]);`,
  },
  jsonb: { before: 'create table t (a json);', after: `create table t (a jsonb default '{"a": 1}');` },
  comments: {
    before: `${users} comment on table users is 'old'; comment on column users.age is 'in years';`,
    after: `${users} comment on table users is 'it''s new';`,
  },
  'a schema': {
    before: users,
    after: `${users} create schema sales; create table sales.orders (id int primary key, by int references users);`,
  },
  'a domain': {
    before: 'create domain mail as text; create table t (m mail);',
    after: `create domain mail as text check (value like '%@%'); create table t (m mail);`,
  },
  'a composite type': { before: '', after: 'create type pair as (a int, b text); create table t (p pair);' },
  'row security': {
    before: users,
    after: `${users} alter table users enable row level security; create policy own on users using (age > 3);`,
  },
  'a collation': {
    before: 'create table t (a text); create index t_a on t (a);',
    after: 'create table t (a text collate "C"); create index t_a on t (a);',
    losses: [],
    hasNot: /DROP COLUMN/,
  },
  'an index on a partitioned table': {
    before: `create table p (id int, k text) partition by list (k); create table p1 partition of p for values in ('x');`,
    after: `create table p (id int, k text) partition by list (k); create table p1 partition of p for values in ('x');
      create index p_id on p (id);`,
    hasNot: /ONLY/,
  },
  'a partition': {
    before: 'create table p (id int) partition by range (id);',
    after:
      'create table p (id int) partition by range (id); create table p1 partition of p for values from (1) to (9);',
  },
  'a column that is renamed': {
    before: users,
    after: 'create table users (id int primary key, full_name varchar(100) not null, age int);',
    rename: ['users.name:users.full_name'],
    losses: [],
    has: /RENAME COLUMN "name" TO "full_name"/,
    hasNot: /DROP/,
  },
  'a column that is not renamed': {
    before: users,
    after: 'create table users (id int primary key, full_name varchar(100), age int);',
    noRename: ['users.name:users.full_name'],
    losses: ['column users.name'],
  },
  'a table that is renamed, and its column': {
    before: `${users} create index users_age on users (age);`,
    after:
      'create table people (id int primary key, name varchar(100), years int); create index people_years on people (years);',
    rename: ['users:people', 'people.age:people.years'],
    losses: [],
    has: /RENAME TO "people"/,
  },
  'a table in another schema that is renamed': {
    before: 'create schema s; create table s.a (id int);',
    after: 'create schema s; create table s.b (id int);',
    rename: ['s.a:s.b'],
    losses: [],
  },
  'a table and a column with odd names that are renamed': {
    before: 'create table "a.b" (id int, "c.d" text);',
    after: 'create table "say ""a:b""" (id int, "c d" text);',
    rename: ['"a.b":"say ""a:b"""', '"say ""a:b"""."c.d":"c d"'],
    losses: [],
    hasNot: /DROP/,
  },
  'odd names': {
    before: 'create table "Odd ""t" ("a b" int);',
    after: 'create table "Odd ""t" ("a b" bigint, "c;d" text default $$it\'s; $$);',
  },
  'tables that need each other': {
    before: '',
    after: `create table a (id int primary key, b int); create table b (id int primary key, a int references a);
      alter table a add foreign key (b) references b;`,
  },
  'a table with a counter that goes': {
    before: 'create table t (id serial primary key);',
    after: '',
    losses: ['table t'],
  },
  inheritance: {
    before: 'create table p (a int);',
    after: 'create table p (a int); create table c (b int) inherits (p);',
  },
  'an exclusion': {
    before: 'create table t (r int4range);',
    after: 'create table t (r int4range, exclude using gist (r with &&));',
  },
  'an index with everything': {
    before: users,
    after: `${users} create index i on users (age desc nulls last) include (name);`,
  },
  'a key over other columns': {
    before: 'create table t (a int primary key, b int not null);',
    after: 'create table t (a int not null, b int not null, primary key (a, b));',
  },
  'an enum under another name': {
    before: `create type m as enum ('a'); create table t (m m default 'a', l m[]);`,
    after: `create type mood as enum ('a'); create table t (m mood default 'a', l mood[]);`,
    losses: [],
    has: /ALTER TYPE "public"."m" RENAME TO "mood"/,
  },
  'an enum value in the middle': {
    before: `create type m as enum ('a', 'c'); create table t (m m); create index on t (m) where m = 'a';`,
    after: `create type m as enum ('a', 'b', 'c'); create table t (m m); create index on t (m) where m = 'b';`,
  },
  'an enum value under another name': {
    before: `create type m as enum ('a', 'b'); create table t (m m default 'a');`,
    after: `create type m as enum ('x', 'b'); create table t (m m default 'x');`,
  },
  'a column that is renamed, with all that uses it': {
    before: `${users} create index on users (age); create view v as select age from users; alter table users add check (age > 0);
      create table r (a int references users); comment on column users.age is 'x';`,
    after: `create table users (id int primary key, name varchar(100), years int check (years > 0)); create index on users (years);
      create view v as select years as age from users; create table r (a int references users); comment on column users.years is 'x';`,
    rename: ['users.age:users.years'],
    losses: [],
  },
  'a function with another result': {
    before: `create function f(a int) returns int language sql as 'select a'; create view v as select f(1) as x;`,
    after: `create function f(a int) returns bigint language sql as 'select a::bigint'; create view v as select f(1) as x;`,
  },
  'a computed column where there was one of its own': {
    before: 'create table t (a int, b int);',
    after: 'create table t (a int, b int generated always as (a) stored);',
    recreate: ['t.b'],
    losses: ['column t.b'],
  },
}
