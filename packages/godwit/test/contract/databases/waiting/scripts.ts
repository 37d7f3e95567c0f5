import { expect, onTestFinished, test } from 'vitest'
import { sqlProject } from '../../sql-project.js'
import type { Subject } from '../../subject.js'
import { blockingSession, eventOf } from './blocking-session.js'
import { prismaProject } from './format-project.js'

const held = `create table held (id int, note text);\n`
const journal = `select name, outcome from godwit.step order by id`
const quick = { lockTimeout: '300ms' }

/** A script that cannot get its locks is tried again as a whole, and says who is in the way (rule 15). */
export function scriptWaitingContract(subject: Subject): void {
  test('the lock timeout is 5 s where nobody said another, also behind a migration that set its own', async () => {
    const target = await subject.open()
    const facts = (table: string) => `create table ${table} as select current_setting('lock_timeout') as lock`
    const files = { '1_a.sql': facts('a'), '2_b.sql': 'set lock_timeout = 0', '3_c.sql': facts('c') }
    const { project, again, put } = await sqlProject(target, files)
    expect((await project.up()).error).toBeUndefined()
    expect(await target.query('select * from a union all select * from c')).toEqual([{ lock: '5s' }, { lock: '5s' }])
    put('4_d.sql', facts('d'))
    expect((await (await again({ lockTimeout: 0 })).up()).error).toBeUndefined()
    expect(await target.query('select * from d')).toEqual([{ lock: '0' }])
  })

  test('held up for a while: it is tried again, and done once', async () => {
    const target = await subject.open()
    await target.query(held)
    const { project, events, states } = await sqlProject(
      target,
      { '1_a.sql': 'create table before ();\nalter table held add b int;', '2_b.sql': 'create table behind ();' },
      quick,
    )
    const text = `lock table held;\n create role "x_${target.name}" password 'hunter2' -- ${'x'.repeat(90)}`
    const blocker = await blockingSession(target, text)
    const running = project.up()
    const retrying = await eventOf(events, 'retrying')
    expect(retrying).toMatchObject({ name: '1_a', reason: 'lock timeout', attempt: 1, of: 10 })
    await blocker.end()
    expect((await running).error).toBeUndefined()
    expect(await states()).toEqual(['1_a applied', '2_b applied'])
    const who = `pid ${blocker.pid} (reports, postgres, idle in transaction for `
    const blocked = await eventOf(events, 'blocked')
    expect(blocked.by).toEqual([
      {
        pid: blocker.pid,
        application: 'reports',
        user: 'postgres',
        state: 'idle in transaction',
        openMs: expect.any(Number),
        who: expect.stringContaining(who),
        query: expect.stringMatching(/^begin; lock table held; create role "x_\w+" password '\*+' -- x+…$/),
      },
    ])
    expect(retrying.by).toMatchObject([{ pid: blocker.pid }])
    expect(JSON.stringify(events)).not.toContain('hunter2')
    expect(await target.query(journal)).toEqual([
      { name: '1_a', outcome: 'done' },
      { name: '2_b', outcome: 'done' },
    ])
    const others = `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name like 'godwit%'`
    expect(await target.query(others)).toEqual([{ n: 0 }])
  })

  test('held up for ever: it gives up with nothing changed, one row of it in the journal, and who it was', async () => {
    const target = await subject.open()
    await target.query(held)
    const { project, events, states } = await sqlProject(
      target,
      { '1_a.sql': 'create table before ();\nalter table held add b int;', '2_b.sql': 'create table behind ();' },
      { ...quick, lockRetries: 2 },
    )
    const blocker = await blockingSession(target, 'lock table held in access share mode')
    const { error, remaining } = await project.up()
    expect(error).toMatchObject({
      code: 'GODWIT_STATEMENT_FAILED',
      exitCode: 7,
      hint: `Let it finish, or end it: SELECT pg_terminate_backend(${blocker.pid}); then: godwit up`,
      details: {
        left: 'nothing',
        line: 2,
        server: { code: '55P03' },
        state: [
          '1_a was undone, nothing of it is left.',
          'It was tried 3 times.',
          expect.stringMatching(
            /^Blocked by pid \d+ \(reports, postgres, idle in transaction for \d+ s\): begin; lock table held in access share mode$/,
          ),
        ],
      },
    })
    const retries = events.filter((event) => event.type === 'retrying')
    expect(retries).toMatchObject([
      { attempt: 1, of: 2 },
      { attempt: 2, of: 2 },
    ])
    expect(remaining).toEqual(['1_a', '2_b'])
    expect(await states()).toEqual(['1_a pending', '2_b pending'])
    expect(await target.query(journal)).toEqual([{ name: '1_a', outcome: 'failed' }])
    expect(await target.query(`select to_regclass('before') as before`)).toEqual([{ before: null }])
  })

  test('without retries, and with NOWAIT, it fails at the first time or is tried again all the same', async () => {
    const target = await subject.open()
    await target.query(held)
    const nowait = { '1_a.sql': 'lock table held nowait;\ncreate table a ();' }
    const { project, events, again } = await sqlProject(target, nowait, { lockRetries: 0 })
    const blocker = await blockingSession(target, 'lock table held')
    const { error } = await project.up()
    expect(error).toMatchObject({ exitCode: 7, details: { server: { code: '55P03' } } })
    expect(error?.details.state).toEqual(['1_a was undone, nothing of it is left.'])
    expect(events.some((event) => event.type === 'retrying')).toBe(false)
    const second = (await again({ lockRetries: 10 })).up()
    await eventOf(events, 'retrying')
    await blocker.end()
    expect((await second).error).toBeUndefined()
  })

  test('a deadlock is tried again', async () => {
    const target = await subject.open()
    await target.query(`${held} create table other ();`)
    // The other session waits in vain for longer than ours: the server ends ours.
    const { project, events } = await sqlProject(
      target,
      { '1_a.sql': `set local deadlock_timeout = '50ms';\nlock table other;\nselect pg_sleep(0.5);\nlock table held;` },
      { lockTimeout: 0 },
    )
    const blocker = await blockingSession(target, `set local deadlock_timeout = '1min'; lock table held`)
    const running = project.up()
    while ((await target.query(`select from pg_locks where relation = 'other'::regclass and granted`)).length === 0);
    await Promise.all([blocker.run('lock table other'), eventOf(events, 'retrying')])
    expect(await eventOf(events, 'retrying')).toMatchObject({ reason: 'deadlock' })
    await blocker.end()
    expect((await running).error).toBeUndefined()
  })

  test.each([
    ['in one transaction', ''],
    ['in none', '-- godwit: transaction=none\n'],
  ])('%s, Prisma gets a failed row for the last attempt only', async (_, header) => {
    const target = await subject.open()
    await target.query(held)
    const text = `${header}alter table held add b int;`
    const { project, states, again } = await prismaProject(target, text, { ...quick, lockRetries: 1 })
    const blocker = await blockingSession(target, 'lock table held')
    expect((await project.up()).error).toMatchObject({ details: { left: 'nothing', server: { code: '55P03' } } })
    const rows = `select logs like '%lock timeout%' as logs, finished_at is not null as finished, rolled_back_at is not null as undone
      from _prisma_migrations order by started_at`
    expect(await target.query(rows)).toEqual([{ logs: true, finished: false, undone: false }])
    expect(await target.query(journal)).toEqual([{ name: '20240101000000_a', outcome: 'failed' }])
    const { project: second, events } = await again()
    const running = second.up()
    await eventOf(events, 'retrying')
    await blocker.end()
    expect((await running).error).toBeUndefined()
    expect(await states()).toEqual(['20240101000000_a applied'])
    expect((await target.query(rows)).slice(1)).toEqual([{ logs: null, finished: true, undone: false }])
  })

  test.each([
    [
      'none',
      1,
      `-- godwit: transaction=none\ninsert into ran values (1);\nalter table held add b int;\ninsert into ran values (2);`,
    ],
    [
      'none, at its first',
      0,
      `-- godwit: transaction=none\nalter table held add b int;\ninsert into ran values (1), (2);`,
    ],
    [
      'its own',
      0,
      `begin;\ninsert into ran values (1);\nalter table held add b int;\ninsert into ran values (2);\ncommit;`,
    ],
    [
      'its own, the second one',
      3,
      `begin;\ninsert into ran values (1);\ncommit;\nbegin;\ninsert into ran values (2);\nalter table held add b int;\ncommit;`,
    ],
    [
      'none, at a concurrent build',
      1,
      `insert into ran values (1), (2);\ncreate index concurrently held_index on held (id);\nalter table held add b int;`,
    ],
    [
      'some behind new enum values',
      1,
      `alter type mood add value 'calm';\nset local lock_timeout = '300ms';\ninsert into ran values (1), (2);\ncreate table calm (it mood default 'calm');\nalter table held add b int;`,
    ],
  ])('in %s: it goes on behind what is done for good, and nothing is done twice', async (_, done, text) => {
    const target = await subject.open()
    await target.query(`${held} create table ran (n int); create type mood as enum ()`)
    const { project, events, states } = await sqlProject(target, { '1_a.sql': text }, quick)
    const blocker = await blockingSession(target, 'lock table held')
    const running = project.up()
    const retrying = await eventOf(events, 'retrying')
    expect(retrying).toMatchObject({ left: done === 0 ? 'nothing' : 'part', by: [{ pid: blocker.pid }] })
    expect(await target.query(`select outcome, done from godwit.step`)).toEqual([{ outcome: 'open', done }])
    await blocker.end()
    const report = await running
    expect(report.error).toBeUndefined()
    expect(report.steps).toMatchObject([{ outcome: 'done', statements: text.split(';').length - 1 }])
    expect(await states()).toEqual(['1_a applied'])
    expect(await target.query(`select n from ran order by n`)).toEqual([{ n: 1 }, { n: 2 }])
    expect(await target.query(`select from pg_index where not indisvalid`)).toEqual([])
    expect(await target.query(journal)).toEqual([{ name: '1_a', outcome: 'done' }])
  })

  test('what may have done a part of its work is not tried again', async () => {
    const target = await subject.open()
    await target.query(`${held} create procedure half() language plpgsql as $$ begin
      create table made (); commit; lock table held nowait; end $$`)
    const { project, events, states } = await sqlProject(
      target,
      { '1_a.sql': '-- godwit: transaction=none\ncall half();' },
      quick,
    )
    await blockingSession(target, 'lock table held')
    const { error } = await project.up()
    expect(error).toMatchObject({ details: { left: 'part', server: { code: '55P03' } } })
    expect(error?.hint).toMatch(/godwit resolve 1_a --applied/)
    expect(events.map(({ type }) => type)).not.toContain('retrying')
    expect(await states()).toEqual(['1_a failed'])
  })

  test('with a part done it gives up with that kept, and the next run goes on', async () => {
    const target = await subject.open()
    await target.query(held)
    const text = '-- godwit: transaction=none\ncreate table a ();\nalter table held add b int;'
    const { project, states } = await sqlProject(target, { '1_a.sql': text }, { ...quick, lockRetries: 1 })
    const blocker = await blockingSession(target, 'lock table held')
    const { error } = await project.up()
    expect(error).toMatchObject({ exitCode: 7, details: { left: 'part' } })
    expect(error?.details.state?.[1]).toBe('It was tried 2 times.')
    expect(error?.hint).toBe(`Let it finish, or end it: SELECT pg_terminate_backend(${blocker.pid}); then: godwit up`)
    expect(await states()).toEqual(['1_a failed'])
    await blocker.end()
    expect(await project.up()).toMatchObject({ steps: [{ name: '1_a', outcome: 'resumed' }] })
  })

  test('a stop while it waits to try again ends the waiting at once, and the failure is noted', async () => {
    const target = await subject.open()
    await target.query(held)
    const controller = new AbortController()
    const files = { '1_a.sql': 'alter table held add b int;' }
    const { project, events, states } = await sqlProject(target, files, { ...quick, signal: controller.signal })
    await blockingSession(target, 'lock table held')
    const running = project.up()
    const { inMs } = await eventOf(events, 'retrying')
    expect(inMs).toBeGreaterThanOrEqual(750)
    controller.abort('SIGTERM')
    expect((await running).error).toMatchObject({ code: 'GODWIT_TERMINATED', details: { left: 'nothing' } })
    expect(events.filter((event) => event.type === 'retrying')).toHaveLength(1)
    expect(await states()).toEqual(['1_a pending'])
    expect(await target.query(journal)).toEqual([{ name: '1_a', outcome: 'failed' }])
  })

  test('a role that has no connection left to look with is not told who it was, and tried again all the same', async () => {
    const target = await subject.open()
    const role = `few_${target.name}`
    await target.query(
      `create role "${role}" login password 'few'; grant all on schema public to "${role}"; grant create on database "${target.name}" to "${role}"`,
    )
    onTestFinished(async () => {
      await target.query(`drop owned by "${role}" cascade; drop role "${role}"`)
    })
    const url = new URL(target.url)
    url.username = role
    url.password = 'few'
    const { project, events, put } = await sqlProject({ url: url.href }, { '1_a.sql': held }, quick)
    expect((await project.up()).error).toBeUndefined()
    await target.query(`alter role "${role}" connection limit 1`)
    put('2_b.sql', 'alter table held add b int')
    const blocker = await blockingSession(target, 'lock table held')
    const running = project.up()
    expect(await eventOf(events, 'retrying')).toMatchObject({ by: [] })
    await blocker.end()
    expect((await running).error).toBeUndefined()
    expect(events.some((event) => event.type === 'blocked')).toBe(false)
  })
}
