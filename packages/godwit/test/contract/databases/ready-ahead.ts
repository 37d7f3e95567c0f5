import { expect, test } from 'vitest'
import type { RunEvent } from '../../../src/index.js'
import { sqlProject } from '../sql-project.js'
import type { Subject } from '../subject.js'
import { blockingSession, eventOf } from './waiting/blocking-session.js'
import { builderProject, classProject } from './waiting/format-project.js'

const warningsOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
const journal = `select name, outcome, done from godwit.step order by id`

/** A step's message is made while the server is at work on the step before: what that must not change. Servers only. */
export function readyAheadContract(subject: Subject): void {
  test('what a script says of its transaction comes first in it, its records last', async () => {
    const target = await subject.open()
    const seen = 'create table seen as select current_setting($$transaction_isolation$$) as level'
    const { project, states } = await sqlProject(target, {
      '1_a.sql': 'create table a (note text);',
      '2_b.sql': `set transaction isolation level serializable;\n${seen};`,
      '3_c.sql': `insert into a values ('größer — 語');\ninsert into a values ('2');`,
    })
    expect((await project.up()).error).toBeUndefined()
    expect(await target.query('select * from seen')).toEqual([{ level: 'serializable' }])
    expect(await target.query('select * from a')).toEqual([{ note: 'größer — 語' }, { note: '2' }])
    expect(await states()).toEqual(['1_a applied', '2_b applied', '3_c applied'])
    expect(await target.query(journal)).toEqual([
      { name: '1_a', outcome: 'done', done: 1 },
      { name: '2_b', outcome: 'done', done: 2 },
      { name: '3_c', outcome: 'done', done: 2 },
    ])
  })

  test('stopped between two scripts: nothing of the second is begun', async () => {
    const target = await subject.open()
    const stop = new AbortController()
    const { project, states } = await sqlProject(
      target,
      { '1_a.sql': 'create table a ();', '2_b.sql': 'create table b ();', '3_c.sql': 'create table c ();' },
      {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type === 'step-done' && event.name === '2_b') stop.abort('SIGTERM')
        },
      },
    )
    const { error, steps } = await project.up()
    expect(error?.code).toBe('GODWIT_TERMINATED')
    expect(steps.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['1_a done', '2_b done'])
    expect(await states()).toEqual(['1_a applied', '2_b applied', '3_c pending'])
    expect(await target.query(`select to_regclass('c') as c`)).toEqual([{ c: null }])
  })

  test('one that fails says where, and takes nothing of the others along', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '1_a.sql': 'create table a ();',
      '2_b.sql': 'create table b ();\ncreate table b ();',
      '3_c.sql': 'create table c ();',
    })
    const { error } = await project.up()
    expect(error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', details: { line: 2, left: 'nothing' } })
    expect(await states()).toEqual(['1_a applied', '2_b pending', '3_c pending'])
    expect(await target.query(`select name, outcome from godwit.step where outcome = 'failed'`)).toEqual([
      { name: '2_b', outcome: 'failed' },
    ])
  })

  test('one that cannot get its locks is tried again, and done once', async () => {
    const target = await subject.open()
    await target.query('create table held (id int)')
    const { project, events, states } = await sqlProject(
      target,
      { '1_a.sql': 'create table a ();', '2_b.sql': 'create table b ();\nalter table held add b int;' },
      { lockTimeout: '300ms' },
    )
    const blocker = await blockingSession(target, 'lock table held')
    const running = project.up()
    expect(await eventOf(events, 'retrying')).toMatchObject({ name: '2_b', attempt: 1 })
    await blocker.end()
    expect((await running).error).toBeUndefined()
    expect(await states()).toEqual(['1_a applied', '2_b applied'])
    expect(await target.query(journal)).toMatchObject([{ name: '1_a' }, { name: '2_b', outcome: 'done' }])
  })

  test('the journal is gone by then: that is said once, and all of them are done', async () => {
    const target = await subject.open()
    const { project, warnings, states } = await sqlProject(target, {
      '1_a.sql': 'create table a ();',
      '2_b.sql': 'alter table godwit.step rename to gone;',
      '3_c.sql': 'create table c ();',
    })
    expect((await project.up()).error).toBeUndefined()
    expect(warnings().filter((warning) => warning.includes('journal cannot be written'))).toHaveLength(1)
    await target.query('alter table godwit.gone rename to step')
    expect(await states()).toEqual(['1_a applied', '2_b applied', '3_c applied'])
  })

  test('what the session had prepared is gone, which nothing told: it is sent as it is', async () => {
    const target = await subject.open()
    const away = `create function away() returns text language plpgsql as $$ begin execute 'deallocate all'; return 'away'; end $$;`
    const { project, warnings, states } = await sqlProject(target, {
      '1_a.sql': 'create table a (note text);',
      '2_b.sql': `${away}`,
      '3_c.sql': 'create table c (note text default away());\ninsert into c default values;',
      '4_d.sql': 'create table d ();',
      '5_e.sql': 'create table e ();',
    })
    expect((await project.up()).error).toBeUndefined()
    expect(warnings()).toEqual([])
    expect(await states()).toEqual(['1_a', '2_b', '3_c', '4_d', '5_e'].map((name) => `${name} applied`))
    expect(await target.query(journal)).toHaveLength(5)
    expect(await target.query('select note from c')).toEqual([{ note: 'away' }])
  })

  test('it is gone behind a class: the next one is begun all the same', async () => {
    const target = await subject.open()
    const body = `begin execute 'deallocate all'; return 'away'; end`
    const away = `create function away() returns text language plpgsql as '${body.replaceAll("'", "''")}'`
    const run = (text: string) => `async up(q) { await q.query(${JSON.stringify(text)}) }`
    const { project, events, states } = await classProject(target, {
      A1600000000001: run(away),
      B1600000000002: run('create table b (note text default away())'),
      C1600000000003: run('insert into b default values'),
      D1600000000004: run('create table d ()'),
      E1600000000005: run('create table e ()'),
    })
    expect((await project.up()).error).toBeUndefined()
    const names = ['A1600000000001', 'B1600000000002', 'C1600000000003', 'D1600000000004', 'E1600000000005']
    expect(warningsOf(events)).toEqual([])
    expect(await states()).toEqual(names.map((name) => `${name} applied`))
    expect(await target.query('select note from b')).toEqual([{ note: 'away' }])
    expect(await target.query(journal)).toEqual(names.map((name) => ({ name, outcome: 'done', done: 1 })))
  })

  test('it is gone behind what a builder collected: that is sent as it is', async () => {
    const target = await subject.open()
    const { project, events, states } = await builderProject(target, {
      '1600000000001_a': `exports.up = (pgm) => pgm.sql("create function away() returns text language plpgsql as 'begin execute ''deallocate all''; return 1; end'")`,
      '1600000000002_b': `exports.up = (pgm) => { pgm.sql('create table b (note text default away())'); pgm.sql('insert into b default values') }`,
      '1600000000003_c': `exports.up = (pgm) => pgm.createTable('c', { id: 'id' })`,
    })
    expect((await project.up()).error).toBeUndefined()
    expect(warningsOf(events)).toEqual([])
    expect(await states()).toEqual(
      ['1600000000001_a', '1600000000002_b', '1600000000003_c'].map((name) => `${name} applied`),
    )
    expect(await target.query('select note from b')).toEqual([{ note: '1' }])
    expect(await target.query('select done from godwit.step order by id')).toEqual([
      { done: 1 },
      { done: 2 },
      { done: 1 },
    ])
  })

  test('the journal is gone behind a class: that is said once, what the class did stays', async () => {
    const target = await subject.open()
    const { project, events, states } = await classProject(target, {
      A1600000000001: `async up(q) { await q.query('create table a ()'); await q.query('alter table godwit.step rename to gone') }`,
      B1600000000002: `async up(q) { await q.query('create table b ()') }`,
    })
    expect((await project.up()).error).toBeUndefined()
    expect(warningsOf(events)).toEqual([expect.stringContaining('journal cannot be written')])
    await target.query('alter table godwit.gone rename to step')
    expect(await states()).toEqual(['A1600000000001 applied', 'B1600000000002 applied'])
    expect(await target.query(`select to_regclass('a') is null as a, to_regclass('b') is null as b`)).toEqual([
      { a: false, b: false },
    ])
  })

  test('a class whose COMMIT fails behind records that were sent twice is undone, and says why', async () => {
    const target = await subject.open()
    const body = `begin execute 'deallocate all'; return 'away'; end`
    const { project, states } = await classProject(target, {
      A1600000000001: `async up(q) {
        await q.query("create function away() returns text language plpgsql as '${body.replaceAll("'", "''")}'")
        await q.query('create table b (id int primary key, of int references b deferrable initially deferred, note text default away())')
      }`,
      B1600000000002: `async up(q) { await q.query('insert into b (id, of) values (1, 2)') }`,
    })
    expect((await project.up()).error).toMatchObject({
      code: 'GODWIT_STATEMENT_FAILED',
      details: { left: 'nothing', server: { code: '23503' } },
    })
    expect(await states()).toEqual(['A1600000000001 applied', 'B1600000000002 pending'])
    expect(await target.query('select count(*)::int as n from b')).toEqual([{ n: 0 }])
  })

  test('the session ends in the middle of one: it is undone, and nothing behind it is run', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '1_a.sql': 'create table a ();',
      '2_b.sql': 'create table b ();\nselect pg_terminate_backend(pg_backend_pid());',
      '3_c.sql': 'create table c ();',
    })
    const { error } = await project.up()
    expect(error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST', details: { left: 'nothing' } })
    expect(await states()).toEqual(['1_a applied', '2_b pending', '3_c pending'])
  })

  test('the records of a class count all of its queries, also those that it did not wait for', async () => {
    const target = await subject.open()
    const add = (n: number) => `q.query('insert into n values (${n})')`
    const { project } = await classProject(target, {
      A1600000000001: `async up(q) { await q.query('create table n (n int)') }`,
      B1600000000002: `async up(q) { await ${add(1)}; await new Promise((r) => setTimeout(r, 20)); await ${add(2)} }`,
      C1600000000003: `async up(q) { await ${add(3)}; ${add(4)}; ${add(5)} }`,
      D1600000000004: `async up(q) { await ${add(6)}; await q.query('set search_path to nowhere') }`,
      E1600000000005: `async up(q) {}`,
      F1600000000006: `async up(q) { await Promise.all([${add(7)}, ${add(8)}]) }`,
    })
    expect((await project.up()).error).toBeUndefined()
    expect(await target.query('select n from n order by n')).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ n })))
    const counts = await target.query<{ done: number }>('select done from godwit.step order by id')
    expect(counts.map(({ done }) => done)).toEqual([1, 2, 3, 2, 0, 2])
  })
}
