import { expect, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject } from '../subject.js'

const spoil = `select pg_catalog.set_config('search_path', '', false);
set statement_timeout = '7min';
set session "app.tenant" = 'seven';
create temp table scratch (id int);
prepare kept as select 1;
listen news;
declare held cursor with hold for select 1;
`

// Godwit's own prepared statements are there until a session is cleaned.
const facts = (table: string) => `create table public.${table} as select current_user::text as who,
  session_user::text as session, current_setting('search_path') as path,
  current_setting('statement_timeout') as timeout, coalesce(current_setting('app.tenant', true), '') as tenant,
  to_regclass('pg_temp.scratch')::text as temp, (select count(*)::int from pg_prepared_statements where name not like 'godwit%') as prepared,
  (select count(*)::int from pg_listening_channels()) as listening,
  (select count(*)::int from pg_cursors where name = 'held') as cursors;`

/** What one migration does to its session is no matter to the next one, nor to the records (rule 19). */
export function sessionContract(subject: Subject): void {
  test.each([
    ['in a transaction', spoil],
    ['outside of one', `-- godwit: transaction=none\n${spoil}`],
    ['in its own', `begin;\n${spoil}commit;`],
  ])('nothing that a migration sets %s is left for the next', async (_, script) => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '0_before.sql': facts('before'),
      '1_a.sql': script,
      '2_b.sql': facts('after'),
    })
    expect((await project.up()).error).toBeUndefined()
    expect(await states()).toEqual(['0_before applied', '1_a applied', '2_b applied'])
    expect(await target.query('select * from after')).toEqual(await target.query('select * from before'))
  })

  // PGlite's RESET SESSION AUTHORIZATION leads nowhere: there such a migration fails and is undone.
  const changes = ['set role guest', ...(subject.server ? ['set session authorization guest'] : [])]
  test.each(changes)('%s does not last', async (change) => {
    const target = await subject.open()
    const role = `guest_${target.name}`
    const script = `create role "${role}";\n${change.replace('guest', `"${role}"`)};\nselect 1;`
    const { project, states } = await sqlProject(target, {
      '0_before.sql': facts('before'),
      '1_a.sql': script,
      '2_b.sql': facts('after'),
      '3_c.sql': `drop role "${role}"`,
    })
    expect((await project.up()).error).toBeUndefined()
    expect(await target.query('select * from after')).toEqual(await target.query('select * from before'))
    expect(await states()).toEqual(['0_before applied', '1_a applied', '2_b applied', '3_c applied'])
  })

  test('the head of a dump, which empties search_path, does not lose the history', async () => {
    const target = await subject.open()
    const dump = `SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET row_security = off;
SET default_table_access_method = heap;
CREATE TABLE public.dumped (id integer NOT NULL);
COPY public.dumped (id) FROM stdin;
1
\\.
`
    const { project, states } = await sqlProject(target, {
      '1_dump.sql': dump,
      '2_b.sql': 'insert into dumped values (2)',
    })
    expect((await project.up()).error).toBeUndefined()
    expect(await states()).toEqual(['1_dump applied', '2_b applied'])
  })

  test("a migration that releases every lock, the runner's too, is rolled back and named", async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '1_a.sql': 'create table a (); select pg_advisory_unlock_all()',
      '2_b.sql': 'create table b ()',
    })
    expect((await project.up()).error).toMatchObject({ code: 'GODWIT_LOCK_FREED', details: { left: 'nothing' } })
    expect(await states()).toEqual(['1_a pending', '2_b pending'])
    expect(await target.query(`select to_regclass('a') as a`)).toEqual([{ a: null }])
  })
}
