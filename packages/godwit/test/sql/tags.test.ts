import type { EventEmitter } from 'node:events'
import pg from 'pg'
import { expect, test } from 'vitest'
import { classify, loadParser } from '../../src/sql/classify.js'
import { createDatabase } from '../support/database.js'

const statements = `
create schema s
create table t (id int primary key, v text, c int)
create table s.u (id int references t)
create table p (id int) partition by list (id)
create table p1 partition of p for values in (1)
create table ta as select 1 as a
create index i on t (v)
create unique index concurrently i2 on t (c)
create view v as select * from t
create or replace view v as select * from t
create materialized view m as select 1 as a
refresh materialized view m
create sequence q
create type e as enum ('a')
create type c as (a int)
create type r as range (subtype = int)
create domain d as int check (value > 0)
create function f() returns int language sql as 'select 1'
create procedure pr() language sql as 'select 1'
create aggregate agg (int) (sfunc = int4pl, stype = int)
create operator === (leftarg = int, rightarg = int, function = int4eq)
create operator family of using btree
create operator class oc for type int using btree family of as operator 1 <
create collation co from "C"
create text search configuration tsc (copy = simple)
create text search dictionary tsd (template = simple)
create function tf() returns trigger language plpgsql as 'begin return new; end'
create function etf() returns event_trigger language plpgsql as 'begin end'
create trigger tr before insert on t for each row execute function tf()
create event trigger et on ddl_command_end execute function etf()
create policy po on t
create rule ru as on insert to t do also nothing
create statistics st on id, c from t
create publication pub for table t
create role tags_test_role
create foreign data wrapper w
create server sv foreign data wrapper w
create user mapping for current_user server sv options (a 'x')
create foreign table ft (id int) server sv
create cast (c as text) with inout
create conversion cv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8
create extension pg_stat_statements
create access method am type index handler bthandler
create language l handler plpgsql_call_handler
comment on table t is 'x'
grant select on t to tags_test_role
revoke select on t from tags_test_role
grant tags_test_role to current_user
revoke tags_test_role from current_user
alter default privileges grant select on tables to public
alter table t add column w int
alter table t rename column w to w2
alter table t add constraint k check (true)
alter table t rename constraint k to k2
alter table t rename to t2
alter table t2 rename to t
alter table t alter column w2 type bigint
alter table t replica identity full
alter table t enable row level security
alter index i rename to i3
alter index i3 set (fillfactor = 90)
alter view v rename column id to id2
alter view v alter column id2 set default 1
alter materialized view m rename to m2
alter materialized view m2 rename column a to b
alter sequence q restart
alter sequence q owner to current_user
alter type e add value 'b'
alter type e rename value 'b' to 'c'
alter type c add attribute b int
alter type c rename attribute b to bb
alter type e set schema s
alter type r rename to rr
alter domain d drop not null
alter domain d rename constraint d_check to d_check2
alter function f() stable
alter function f() owner to current_user
alter procedure pr() rename to pr2
alter aggregate agg(int) rename to agg2
alter operator === (int, int) set (restrict = eqsel)
alter operator family of using btree rename to of2
alter collation co refresh version
alter trigger tr on t rename to tr2
alter event trigger et disable
alter policy po on t rename to po2
alter rule ru on t rename to ru2
alter statistics st set statistics 10
alter publication pub add table s.u
alter role tags_test_role set work_mem = '1MB'
alter role tags_test_role nologin
alter group tags_test_role rename to tags_test_role2
alter foreign data wrapper w options (a 'b')
alter server sv options (a 'b')
alter user mapping for current_user server sv options (b 'b')
alter foreign table ft add column x int
alter extension pg_stat_statements set schema s
alter text search configuration tsc drop mapping for word
alter text search dictionary tsd (stopwords)
alter database this_database set work_mem = '1MB'
alter database this_database connection limit 10
alter schema s owner to current_user
alter default privileges revoke select on tables from public
insert into t values (1, 'a', 1)
insert into t select 2, 'b', 2
update t set v = 'c'
delete from t where id = 1
merge into p using (select 1) x on false when not matched then do nothing
select 1
values (1)
table t
select 1 as a into into_t
with x as (select 1) select * from x
copy t to stdout
truncate ta
set work_mem = '1MB'
set local work_mem = '1MB'
set role none
set session authorization default
set transaction read write
set constraints all deferred
reset work_mem
reset all
show work_mem
discard plans
discard temp
discard sequences
discard all
prepare ps as select 1
execute ps
deallocate ps
deallocate all
listen ch
notify ch
unlisten ch
unlisten *
begin
lock table t
declare cu cursor with hold for select 1
fetch 1 from cu
move 1 in cu
close cu
savepoint sp
release sp
savepoint sp
rollback to sp
commit
close all
start transaction
abort
explain select 1
analyze t
vacuum t
checkpoint
cluster t using t_pkey
reindex table t
do 'begin end'
call pr2()
load 'plpgsql'
reassign owned by tags_test_role2 to current_user
drop owned by tags_test_role2
drop policy po2 on t
drop rule ru2 on t
drop trigger tr2 on t
drop event trigger et
drop publication pub
drop statistics st
drop foreign table ft
drop user mapping for current_user server sv
drop server sv
drop foreign data wrapper w
drop role tags_test_role2
drop cast (c as text)
drop conversion cv
drop extension pg_stat_statements
drop access method am
drop language l
drop operator class oc using btree
drop operator family of2 using btree
drop operator === (int, int)
drop aggregate agg2(int)
drop procedure pr2()
drop function f()
drop routine etf()
drop text search configuration tsc
drop text search dictionary tsd
drop collation co
drop domain d
drop type c cascade
drop materialized view m2
drop view v
drop sequence q
drop index i3
drop index concurrently i2
drop table ta, into_t
drop schema s cascade
create temp view tv as select 1
`
  .trim()
  .split('\n')

/** Here the server answers with what ran inside; ours is the name it knows the command by (`pg_stat_activity`, event triggers). */
const answersOtherwise: Record<string, string> = {
  'CREATE TABLE AS': 'SELECT',
  'CREATE MATERIALIZED VIEW': 'SELECT',
  'SELECT INTO': 'SELECT',
  EXECUTE: 'SELECT',
}

test('tags are those of the server', async () => {
  await loadParser()
  const database = await createDatabase(18)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const seen: string[] = []
  const wire = (client as unknown as { connection: EventEmitter }).connection
  wire.on('commandComplete', (message: { text: string }) => seen.push(message.text.replace(/( \d+)+$/, '')))
  const expected: string[] = []
  const ours: string[] = []
  try {
    for (const statement of statements) {
      const text = statement.replace('this_database', database.name)
      seen.length = 0
      await client.query(text).catch((error: Error) => seen.push(error.message))
      expected.push(`${statement} -> ${seen.at(-1)}`)
      const { tag } = classify(text)
      ours.push(`${statement} -> ${answersOtherwise[tag] ?? tag}`)
    }
  } finally {
    await client.end()
  }
  expect(ours).toEqual(expected)
})
