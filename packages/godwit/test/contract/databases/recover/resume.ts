import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sqlProject } from '../../sql-project.js'
import type { Subject } from '../../subject.js'

const none = '-- godwit: transaction=none\n'

/** When a step that stopped is gone on with, and when it is not (invariant 16). */
export function resumeContract(subject: Subject): void {
  test('behind a failure: what was not run is mended, and it goes on there; what was run must stay as it was', async () => {
    const target = await subject.open()
    const { project, put, states } = await sqlProject(target, {
      '1_a.sql': `${none}create table a (id int);\ninsert into a values (1);\nselect nope;\ncreate table c ();`,
    })
    expect((await project.up()).error).toMatchObject({ details: { line: 4, left: 'part' } })
    const shown = await project.plan('up')
    expect(shown.steps[0]?.statements.map((statement) => statement.sql)).toEqual(['select nope', 'create table c ()'])
    put('1_a.sql', `${none}create table a (id int);\ninsert into a values (2);\nselect 1;\ncreate table c ();`)
    await expect(project.up()).rejects.toMatchObject({
      code: 'GODWIT_RESUME_EDITED',
      exitCode: 5,
      message: expect.stringContaining('its statement 2, which was run'),
      details: { line: 3 },
    })
    put('1_a.sql', `${none}-- a comment is no edit\ncreate table a (id int);\n\ninsert into a values (1);`)
    expect(await project.up()).toMatchObject({ steps: [{ outcome: 'resumed', statements: 0 }], remaining: [] })
    expect(await states()).toEqual(['1_a applied'])
    expect(await target.query('select id from a')).toEqual([{ id: 1 }])
    expect(await target.query(`select outcome, done from godwit.step order by id`)).toEqual([
      { outcome: 'resumed', done: 2 },
      { outcome: 'done', done: 2 },
    ])
  })

  test('the settings that it had made are made again, those that were rolled back are not', async () => {
    const target = await subject.open()
    const facts = `insert into seen select current_setting('search_path'), current_setting('app.one', true), current_setting('app.two', true)`
    const { project, put } = await sqlProject(target, {
      '0_before.sql': 'create schema other;\ncreate table other.seen (path text, one text, two text);',
      '1_a.sql': `${none}set search_path to other;\nselect set_config('app.one', '1', false);\nbegin;\nset app.two = '2';\nrollback;\nselect nope;`,
    })
    await project.up()
    put(
      '1_a.sql',
      `${none}set search_path to other;\nselect set_config('app.one', '1', false);\nbegin;\nset app.two = '2';\nrollback;\n${facts};`,
    )
    expect((await project.up()).error).toBeUndefined()
    expect(await target.query('select path, one, coalesce(two, $$$$) as two from other.seen')).toEqual([
      { path: 'other', one: '1', two: '' },
    ])
  })

  test('the role that it had set is set again, and writes none of the records', async () => {
    const target = await subject.open()
    const role = `app_${target.name}`
    await target.query(`create role ${role};\ngrant create, usage on schema public to ${role}`)
    if (subject.server)
      onTestFinished(async () => void (await target.query(`drop owned by ${role};\ndrop role ${role}`)))
    const { project, put, states, warnings } = await sqlProject(target, {
      '1_a.sql': `${none}set role ${role};\ncreate table a (id int);\nselect nope;`,
    })
    expect((await project.up()).error).toMatchObject({ details: { left: 'part', server: { code: '42703' } } })
    put(
      '1_a.sql',
      `${none}set role ${role};\ncreate table a (id int);\ncreate index concurrently b on a (id);\nselect 1;`,
    )
    expect((await project.up()).error).toBeUndefined()
    expect(
      await target.query(`select pg_get_userbyid(relowner)::text as owner from pg_class where relname = 'b'`),
    ).toEqual([{ owner: role }])
    expect(await states()).toEqual(['1_a applied'])
    expect(warnings()).toEqual([])
  })

  test('in a copy of the database it is failed and not gone on with; behind a history that was made anew it is void (rule 11)', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, { '1_a.sql': `${none}create table a ();\nselect nope;` })
    await project.up()
    const anchor = async (change: string) => {
      await target.query(`update godwit.step set anchor = ${change}`)
      return states()
    }
    expect(await anchor(`anchor`)).toEqual(['1_a failed'])
    expect(await anchor(`regexp_replace(anchor, '^[^/]+', '-')`)).toEqual(['1_a failed'])
    // What was done came along in the copy, half of it: it must not be run again from its start.
    expect(await anchor(`regexp_replace(anchor, '^[^/]+', '1')`)).toEqual(['1_a failed'])
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED', exitCode: 5 })
    expect(await anchor(`regexp_replace(anchor, '^[^/]+', '-')`)).toEqual(['1_a failed'])
    await target.query('drop table godwit_migrations')
    await target.query('create table godwit_migrations as select null::text as name where false')
    await target.query('drop table godwit_migrations')
    expect(await states()).toEqual(['1_a pending'])
  })

  // What follows asks nothing of the database that a server does not show.
  if (!subject.server) return
  test.each([
    ['create temp table x (id int)', 'CREATE TABLE'],
    ['prepare x as select 1', 'PREPARE'],
    ['select pg_advisory_lock(1)', 'SELECT'],
  ])('behind what no other session has, it is not gone on with: %s', async (statement, tag) => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, { '1_a.sql': `${none}${statement};\nselect nope;` })
    const { error } = await project.up()
    expect(error?.hint).toMatch(/godwit resolve 1_a --applied.*godwit resolve 1_a --rolled-back/)
    await expect(project.up()).rejects.toMatchObject({
      code: 'GODWIT_RESUME_SESSION',
      exitCode: 5,
      message: expect.stringContaining(`(${tag})`),
      details: { line: 2 },
    })
    await project.resolve('1_a', 'rolled-back')
    expect(await states()).toEqual(['1_a pending'])
  })

  test('data of a COPY that was run is part of what must stay as it was', async () => {
    const target = await subject.open()
    const copy = (rows: string) => `${none}create table a (id int);\ncopy a from stdin;\n${rows}\\.\nselect nope;`
    const { project, put } = await sqlProject(target, { '1_a.sql': copy('1\n2\n') })
    await project.up()
    put('1_a.sql', copy('10\n20\n').replace('nope', '1'))
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_RESUME_EDITED', details: { line: 3 } })
    put('1_a.sql', copy('1\n2\n').replace('nope', '1'))
    expect(await project.up()).toMatchObject({ steps: [{ outcome: 'resumed' }] })
    expect(await target.query('select id from a order by id')).toEqual([{ id: 1 }, { id: 2 }])
  })

  test('behind a way back to one of several savepoints, which settings hold is not guessed', async () => {
    const target = await subject.open()
    const settings = 'savepoint x;\nset search_path to other;\nsavepoint y;\nrollback to x;\ncommit;\nselect nope;'
    const { project } = await sqlProject(target, { '1_a.sql': `begin;\ncreate schema other;\n${settings}` })
    await project.up()
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_RESUME_SESSION' })
  })

  test('without its file it is named, and nothing is run', async () => {
    const target = await subject.open()
    const { project, folder, states } = await sqlProject(target, {
      '1_a.sql': `${none}create table a ();\nselect nope;`,
      '2_b.sql': 'create table b ()',
    })
    await project.up()
    rmSync(join(folder, 'migrations/1_a.sql'))
    expect(await states()).toEqual(['1_a failed', '2_b pending'])
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED_MISSING', exitCode: 5 })
    await project.resolve('1_a', 'rolled-back')
    expect(await states()).toEqual(['2_b pending'])
  })

  test('only in the direction in which it was begun, and before anything else', async () => {
    const target = await subject.open()
    const { project, put, states } = await sqlProject(target, {
      '1_a.sql': 'create table a ();\ncreate table b ();',
      '1_a.down.sql': `${none}drop table a;\nselect nope;\ndrop table b;`,
      '2_b.sql': 'create table c ()',
      '2_b.down.sql': 'drop table c',
    })
    await project.up()
    expect((await project.down({ only: '1_a' })).error).toMatchObject({ details: { left: 'part' } })
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED_DOWN' })
    await expect(project.down({ only: '2_b' })).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED_DOWN' })
    put('1_a.down.sql', `${none}drop table a;\ndrop table b;`)
    expect(await project.down()).toMatchObject({ steps: [{ name: '1_a', direction: 'down', outcome: 'resumed' }] })
    expect(await states()).toEqual(['1_a out-of-order', '2_b applied'])
    put('3_c.sql', `${none}create table d ();\nselect nope;`)
    expect((await project.up({ only: '3_c' })).error).toMatchObject({ details: { left: 'part' } })
    await expect(project.down()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED_UP', exitCode: 5 })
    await expect(project.up({ only: '1_a' })).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED_UP' })
  })

  test('a procedure that does not commit is noted in its transaction; one that does is not run again by itself', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '0_p.sql': `create table a (id int);
create procedure plain() language sql as 'insert into a values (1)';
create procedure commits() language plpgsql as $$ begin insert into a values (2); commit; perform 1/0; end $$;`,
      '1_a.sql': `${none}call plain();\ncall commits();`,
    })
    const { error } = await project.up()
    expect(error).toMatchObject({ details: { line: 3, left: 'part', server: { code: '22012' } } })
    expect(error?.hint).toMatch(/godwit resolve 1_a --applied/)
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED' })
    expect(await target.query('select id from a order by id')).toEqual([{ id: 1 }, { id: 2 }])
    expect(await states()).toEqual(['0_p applied', '1_a failed'])
  })
}
