import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type SqlProject, sqlProject } from '../../sql-project.js'
import type { Subject, TestTarget } from '../../subject.js'
import { openProxy } from '../proxy.js'
import { blockingSession } from '../waiting/blocking-session.js'
import { recoveries } from './builds.js'

const base = `create table t (a int);\ncreate index t_a on t (a);
create table p (a int) partition by list (a);\ncreate table p1 partition of p for values in (1);`

/** Statements that refuse a transaction, and were under way when the session died (invariant 17). Servers only. */
export function inFlightContract(subject: Subject): void {
  test.each([
    ['drop index concurrently t_a', 'before', `to_regclass('t_a') is null`],
    ['drop index concurrently t_a', 'after', `to_regclass('t_a') is null`],
    ['reindex index concurrently t_a', 'after', `to_regclass('t_a') is not null`],
    ['alter table p detach partition p1 concurrently', 'before', `not exists (select from pg_inherits)`],
    ['alter table p detach partition p1 concurrently', 'after', `not exists (select from pg_inherits)`],
    ['vacuum t', 'after', 'true'],
  ] as const)('%s, cut %s it was done: it comes to the same', async (statement, when, holds) => {
    const target = await subject.open()
    const proxy = await openProxy(target.url)
    const project = await started(target, statement, proxy.url)
    if (when === 'before') proxy.cutBefore(statement)
    else proxy.cutAfter(statement)
    expect((await project.project.up()).error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST' })
    await goesOn(project, target, holds)
  })

  test('a database that was made, or dropped, is looked for', async () => {
    const target = await subject.open()
    const name = `made_by_${target.name}`
    onTestFinished(async () => void (await target.query(`drop database if exists ${name}`)))
    for (const statement of [`create database ${name}`, `drop database ${name}`]) {
      const proxy = await openProxy(target.url)
      const project = await sqlProject({ url: proxy.url }, { '1_a.sql': `${statement};\nselect 1;` })
      proxy.cutAfter(statement)
      expect((await project.project.up()).error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST' })
      expect(await project.project.up()).toMatchObject({ steps: [{ outcome: 'resumed', statements: 1 }] })
      expect(recoveries(project).at(-1)).toBe('statement 1 was done')
      await project.project.resolve('1_a', 'rolled-back')
    }
  })

  test.each([
    ['drop index concurrently t_a', `to_regclass('t_a') is null`, []],
    [
      'reindex table concurrently t',
      `(select count(*) = 1 from pg_index where indrelid = 't'::regclass)`,
      ['public.t_a_ccnew is INVALID and is dropped'],
    ],
  ])('%s, killed in the middle: its rest is taken away, and it is run again', async (statement, holds, said) => {
    const target = await subject.open()
    const project = await started(target, statement)
    const other = await blockingSession(target, 'insert into t values (0)')
    const running = project.project.up()
    while ((await target.query(`select from pg_index where not indisvalid`)).length === 0) await sleep(20)
    await endRunner(target)
    expect((await running).error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST' })
    await other.end()
    await goesOn(project, target, holds)
    expect(recoveries(project).slice(1)).toEqual(said)
    expect(await target.query('select from pg_index where not indisvalid')).toEqual([])
  })

  test('a partition that is half detached is detached to the end', async () => {
    const target = await subject.open()
    const project = await started(target, 'alter table p detach partition p1 concurrently')
    const other = await blockingSession(target, 'select from p')
    const running = project.project.up()
    while ((await target.query(`select from pg_inherits where inhdetachpending`)).length === 0) await sleep(20)
    await endRunner(target)
    expect((await running).error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST' })
    await other.end()
    await goesOn(project, target, 'not exists (select from pg_inherits)')
    expect(recoveries(project)).toContain('"p1" is half detached: this is finished')
  })

  test('what cannot be looked up is failed, with the two ways out', async () => {
    const target = await subject.open()
    const proxy = await openProxy(target.url)
    const project = await started(target, 'do $$ begin insert into t values (7); commit; end $$', proxy.url)
    proxy.cutAfter('do $$')
    expect((await project.project.up()).error).toMatchObject({
      code: 'GODWIT_CONNECTION_LOST',
      details: { left: 'part' },
    })
    await expect(project.project.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED', exitCode: 5 })
    expect(await target.query('select a from t')).toEqual([{ a: 7 }])
  })

  test('a statement that was under way, and is another one now, is not guessed about', async () => {
    const target = await subject.open()
    const proxy = await openProxy(target.url)
    const project = await started(target, 'drop index concurrently t_a', proxy.url)
    proxy.cutAfter('drop index')
    await project.project.up()
    project.put('2_s.sql', script('drop index concurrently if exists t_a'))
    await expect(project.project.up()).rejects.toMatchObject({ code: 'GODWIT_RESUME_EDITED', details: { line: 2 } })
  })
}

function script(statement: string): string {
  return `create table u ();\n${statement};\ncreate table v ();`
}

async function started(target: TestTarget, statement: string, url = target.url): Promise<SqlProject> {
  const project = await sqlProject({ url }, { '1_base.sql': base, '2_s.sql': script(statement) })
  await project.project.up({ to: '1_base' })
  return project
}

async function goesOn({ project }: SqlProject, target: TestTarget, holds: string): Promise<void> {
  const report = await project.up()
  expect(report.error).toBeUndefined()
  expect(report).toMatchObject({ steps: [{ name: '2_s', outcome: 'resumed' }], remaining: [] })
  expect(
    await target.query(`select ${holds} as holds, to_regclass('u')::text as u, to_regclass('v')::text as v`),
  ).toEqual([{ holds: true, u: 'u', v: 'v' }])
}

async function endRunner(target: TestTarget): Promise<void> {
  await target.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
    and application_name like 'godwit%' and query ilike '%concurrently%'`)
}
