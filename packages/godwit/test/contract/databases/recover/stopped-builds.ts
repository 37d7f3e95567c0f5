import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sqlProject } from '../../sql-project.js'
import type { Subject } from '../../subject.js'
import { blockingSession } from '../waiting/blocking-session.js'
import { around, indexesOf, invalidIndex, started, untilInvalid } from './builds.js'

/** A concurrent build that fails, or is stopped, leaves nothing of its own (rule 18). Servers only. */
export function stoppedBuildContract(subject: Subject): void {
  test('stopped by a signal: what it had built is dropped, and nobody else’s', async () => {
    const target = await subject.open()
    const controller = new AbortController()
    const statement = 'create index concurrently t_a on t (a)'
    const project = await started(target, statement, { signal: controller.signal })
    await invalidIndex(target, 'before_us')
    const other = await blockingSession(target, `insert into t values (0, '')`)
    const running = project.project.up()
    await untilInvalid(target, 't_a')
    controller.abort('SIGINT')
    while (
      (
        await target.query(
          `select from pg_stat_activity where query ilike 'drop index concurrently%' and state = 'active'`,
        )
      ).length === 0
    )
      await sleep(20)
    await other.end()
    const { error } = await running
    expect(error).toMatchObject({ code: 'GODWIT_INTERRUPTED', exitCode: 130, details: { left: 'part' } })
    expect(error?.hint).toMatch(/goes on behind what is done: godwit up$/)
    expect(await indexesOf(target)).toEqual([{ name: 'before_us', valid: false }])
    // What was not run may be mended.
    project.put('2_i.sql', around('create index concurrently t_b on t (b)'))
    const again = await project.again({ signal: new AbortController().signal })
    expect(await again.up()).toMatchObject({ steps: [{ outcome: 'resumed', statements: 2 }] })
    expect(await indexesOf(target)).toEqual([
      { name: 'before_us', valid: false },
      { name: 't_b', valid: true },
    ])
  })

  test('failed as the first statement: nothing is left, and it is pending again', async () => {
    const target = await subject.open()
    const project = await sqlProject(target, {
      '1_t.sql': `create table t (a int);\ninsert into t values (1), (1);`,
      '2_i.sql': 'create unique index concurrently t_a on t (a);\ncreate table v ();',
    })
    const { error } = await project.project.up()
    expect(error).toMatchObject({ details: { left: 'nothing', server: { code: '23505' } } })
    expect(await indexesOf(target)).toEqual([])
    expect(await project.states()).toEqual(['1_t applied', '2_i pending'])
  })

  test('an index of its name that was INVALID before stays, since it is not its own', async () => {
    const target = await subject.open()
    const project = await started(target, 'create index concurrently t_a on t (a)')
    await invalidIndex(target, 't_a')
    const { error } = await project.project.up()
    expect(error).toMatchObject({ details: { line: 2, left: 'part', server: { code: '42P07' } } })
    expect(await indexesOf(target)).toEqual([{ name: 't_a', valid: false }])
  })

  // It waits for longer than the default: one server is enough.
  if (subject.name !== 'PostgreSQL 18') return
  test('the default lock timeout does not end a build that waits; one that was asked for does', async () => {
    const target = await subject.open()
    const project = await started(target, 'create index concurrently t_a on t (a)', { lockTimeout: '200ms' })
    const other = await blockingSession(target, `insert into t values (0, '')`)
    const { error } = await project.project.up()
    expect(error).toMatchObject({ details: { left: 'part', server: { code: '55P03' } } })
    expect(error?.details.state).toContain(
      'An INVALID index is left, which is in use: public.t_a. The next run takes it away.',
    )
    const patient = await project.again({ lockTimeout: undefined })
    const running = patient.up()
    await untilInvalid(target, 't_a')
    // It is 5 s.
    await sleep(6_000)
    expect(
      await target.query(
        `select 1 as one from pg_stat_activity where query ilike 'drop index concurrently%' and state = 'active'`,
      ),
    ).toHaveLength(1)
    await other.end()
    expect((await running).error).toBeUndefined()
  })
}
