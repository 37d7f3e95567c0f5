import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Subject } from '../../subject.js'
import { openProxy } from '../proxy.js'
import { blockingSession } from '../waiting/blocking-session.js'
import { endRunner, indexesOf, recoveries, resumes, started, untilInvalid } from './builds.js'

/** A concurrent build that did not come to its end is taken away and built again (invariant 17). Servers only. */
export function indexBuildContract(subject: Subject): void {
  test.each([
    ['create index concurrently t_a on t (a)', 't_a'],
    [`create unique index concurrently if not exists "T b" on public.t using btree (lower(b)) where a > 1`, 'T b'],
    ['create index concurrently on t (a, b)', 't_a_b_idx'],
  ])('killed in the middle: the INVALID index is dropped and built again: %s', async (statement, name) => {
    const target = await subject.open()
    const project = await started(target, statement)
    const other = await blockingSession(target, `insert into t values (0, '')`)
    const running = project.project.up()
    await untilInvalid(target)
    await endRunner(target)
    const { error } = await running
    expect(error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST', details: { left: 'part' } })
    expect(error?.hint).toMatch(/goes on behind what is done: godwit up$/)
    await other.end()
    expect(await indexesOf(target)).toEqual([{ name, valid: false }])
    expect(await project.states()).toEqual(['1_t applied', '2_i failed'])
    await resumes(project, target, 2)
    expect(await indexesOf(target)).toEqual([{ name, valid: true }])
    expect(recoveries(project)).toEqual([
      'goes on at statement 2 of 3',
      `public.${name === 'T b' ? '"T b"' : name} is INVALID and is dropped`,
    ])
  })

  test.each([
    'create index concurrently t_a on t (a)',
    `create index concurrently t_a on only t (lower(b) desc, a) include (b) with (fillfactor = 70) where b in ('x', 'y')`,
  ])('finished, and the answer was lost: it counts as done: %s', async (statement) => {
    const target = await subject.open()
    const proxy = await openProxy(target.url)
    const project = await started({ ...target, url: proxy.url }, statement)
    proxy.cutAfter('create index concurrently')
    expect((await project.project.up()).error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST' })
    const [before] = await target.query(`select 't_a'::regclass::oid as oid`)
    await resumes(project, target, 1)
    expect(await target.query(`select 't_a'::regclass::oid as oid`)).toEqual([before])
    expect(recoveries(project)).toEqual(['goes on at statement 2 of 3', 'statement 2 was done'])
  })

  test.each([
    ['create index concurrently t_a on t (a)', 'create index t_a on t (b)', /public\.t_a is there, and is not the one/],
    ['create index concurrently t_a on t (a)', 'create index t_a on other (a)', /public\.t_a, stands on another table/],
    ['create index concurrently on t (a)', 'create index t_x on t (a)', /whether it made public\.t_x/],
  ])('what cannot be told is failed, and nothing is dropped: %s beside %s', async (statement, meanwhile, why) => {
    const target = await subject.open()
    const proxy = await openProxy(target.url)
    const project = await started({ ...target, url: proxy.url }, statement)
    await target.query('create table other (a int)')
    proxy.cutBefore('create index concurrently')
    await project.project.up()
    await target.query(meanwhile)
    const { error, steps } = await project.project.up()
    expect(steps).toMatchObject([{ name: '2_i', outcome: 'failed' }])
    expect(error).toMatchObject({ code: 'GODWIT_IN_DOUBT', exitCode: 5, details: { line: 2, left: 'part' } })
    expect(error?.message).toMatch(why)
    expect(error?.hint).toMatch(/godwit resolve 2_i --applied.*godwit resolve 2_i --rolled-back/)
    await target.query(meanwhile.replace(/create index (\S+) .*/, 'drop index $1'))
    await resumes(project, target, 2)
  })

  test('a session that still builds it is waited for, and its index is taken', async () => {
    const target = await subject.open()
    const proxy = await openProxy(target.url)
    const statement = 'create index concurrently t_a on t (a)'
    const project = await started({ ...target, url: proxy.url }, statement)
    proxy.cutBefore('create index concurrently')
    await project.project.up()
    const other = await blockingSession(target, `insert into t values (0, '')`)
    const orphan = target.query(statement)
    await untilInvalid(target)
    const running = resumes(project, target, 1)
    while (recoveries(project).length < 2) await sleep(20)
    await other.end()
    await Promise.all([running, orphan])
    expect(recoveries(project)).toEqual([
      'goes on at statement 2 of 3',
      expect.stringMatching(/^backend \d+ is still at it and is waited for$/),
      'statement 2 was done',
    ])
  })

  test('a session that builds it for longer than one waits is ended, and it is built again', async () => {
    const target = await subject.open()
    const proxy = await openProxy(target.url)
    const statement = 'create index concurrently t_a on t (a)'
    const project = await started({ ...target, url: proxy.url }, statement)
    proxy.cutBefore('create index concurrently')
    await project.project.up()
    const other = await blockingSession(target, `insert into t values (0, '')`)
    const orphan = target.query(statement).catch((error: Error) => error.message)
    await untilInvalid(target)
    const running = (await project.again({ wait: 0 })).up()
    while (!recoveries(project).some((said) => said.includes('INVALID'))) await sleep(20)
    await other.end()
    expect((await running).error).toBeUndefined()
    expect(await orphan).toMatch(/terminat/i)
    expect(await indexesOf(target)).toEqual([{ name: 't_a', valid: true }])
  })
}
