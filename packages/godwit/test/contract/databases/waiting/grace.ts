import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sqlProject } from '../../sql-project.js'
import type { Subject, TestTarget } from '../../subject.js'
import { blockingSession, eventOf } from './blocking-session.js'
import { builderProject, classProject } from './format-project.js'

const stopped = { code: 'GODWIT_INTERRUPTED', exitCode: 130 }
const journal = 'select name, outcome from godwit.step order by id'
const next = { B1700000000002: `async up(runner) { await runner.query('create table behind ()') }` }

/** A function that is at work when the run is stopped gets its grace (rule 18). */
export function graceContract(subject: Subject): void {
  test('it may end by itself: it is recorded, and the run stops behind it', async () => {
    const target = await subject.open()
    const { project, states, events, stop } = await stoppable(
      target,
      `await runner.query('create table made ()'); await runner.query('select pg_sleep(1)')`,
      '20s',
    )
    const running = project.up()
    await untilQuery(target, 'pg_sleep')
    stop()
    const report = await running
    expect(report.error).toMatchObject({
      ...stopped,
      details: { left: 'nothing', state: ['A1700000000001 ended by itself and is recorded.'] },
    })
    expect(report).toMatchObject({
      steps: [{ name: 'A1700000000001', outcome: 'done' }],
      remaining: ['B1700000000002'],
    })
    expect(report.error?.hint).toMatch(/go on with: godwit up$/)
    expect(await eventOf(events, 'stopping')).toEqual({ type: 'stopping', name: 'A1700000000001', graceMs: 20_000 })
    expect(await states()).toEqual(['A1700000000001 applied', 'B1700000000002 pending'])
  })

  test.each([
    ['it waits for the server', `await runner.query('select pg_sleep(60)')`],
    [
      'it swallows that it was cancelled',
      `await runner.query('savepoint s'); await runner.query('select pg_sleep(60)').catch(() => runner.query('rollback to s')).catch(() => {})`,
    ],
    ['it waits for something else', `await runner.query('select 1 as "pg_sleep"'); await new Promise(() => {})`],
    [
      'it goes on when its grace is over',
      `await runner.query('select 1 as "pg_sleep"'); await new Promise((resolve) => setTimeout(resolve, 1_200)); await runner.query('create table late ()').catch(() => {})`,
    ],
  ])('%s for longer than its grace: it is undone', async (_, text) => {
    const target = await subject.open()
    const { project, states, stop } = await stoppable(
      target,
      `await runner.query('create table made ()'); ${text}`,
      '500ms',
    )
    const running = project.up()
    await untilQuery(target, 'pg_sleep')
    stop()
    const { error, remaining } = await running
    expect(error).toMatchObject({ ...stopped, details: { left: 'nothing' } })
    expect(error?.details.state).toEqual(['A1700000000001 was undone, nothing of it is left.'])
    expect(remaining).toEqual(['A1700000000001', 'B1700000000002'])
    expect(await states()).toEqual(['A1700000000001 pending', 'B1700000000002 pending'])
    expect(await target.query(journal)).toEqual([{ name: 'A1700000000001', outcome: 'failed' }])
    expect(await target.query(`select to_regclass('made') as made, to_regclass('late') as late`)).toEqual([
      { made: null, late: null },
    ])
  })

  test('outside of a transaction, behind its grace: failed, with the two ways out', async () => {
    const target = await subject.open()
    const text = `await runner.query('create table made ()'); await runner.query('select pg_sleep(60)').catch(() => {})`
    const { project, states, stop } = await stoppable(target, text, '300ms', 'transaction = false;')
    const running = project.up()
    await untilQuery(target, 'pg_sleep')
    stop()
    const { error } = await running
    expect(error).toMatchObject({ ...stopped, details: { left: 'part' } })
    expect(error?.hint).toMatch(/godwit resolve A1700000000001 --applied.*--rolled-back/)
    expect(await states()).toEqual(['A1700000000001 failed', 'B1700000000002 pending'])
  })

  test('within its grace it is not tried again', async () => {
    const target = await subject.open()
    await target.query('create table held ()')
    await blockingSession(target, 'lock table held')
    const { project, states, events, stop } = await stoppable(
      target,
      `await runner.query('set local lock_timeout = 1000'); await runner.query('alter table held add pg_sleep int')`,
      '20s',
      'retry = true;',
    )
    const running = project.up()
    await untilQuery(target, 'pg_sleep')
    stop()
    expect((await running).error).toMatchObject({ ...stopped, details: { left: 'nothing' } })
    expect(events.map(({ type }) => type)).not.toContain('retrying')
    expect(await states()).toEqual(['A1700000000001 pending', 'B1700000000002 pending'])
  })

  test('with no grace it is cancelled at once', async () => {
    const target = await subject.open()
    const { project, states, events, stop } = await stoppable(target, `await runner.query('select pg_sleep(60)')`, 0)
    const running = project.up()
    await untilQuery(target, 'pg_sleep')
    stop()
    expect((await running).error).toMatchObject(stopped)
    expect(events.some((event) => event.type === 'stopping')).toBe(false)
    expect(await states()).toEqual(['A1700000000001 pending', 'B1700000000002 pending'])
  })

  test('a builder function ends by itself, with what it collected; the last step of a run leaves nothing to do', async () => {
    const target = await subject.open()
    const controller = new AbortController()
    const text = `exports.up = async (pgm) => { await pgm.db.query('select pg_sleep(1)'); pgm.createTable('made', {}) }`
    const { project, states } = await builderProject(target, { '1_a': text }, { signal: controller.signal })
    const running = project.up()
    await untilQuery(target, 'pg_sleep')
    controller.abort('SIGTERM')
    const { error, remaining } = await running
    expect(error).toMatchObject({ code: 'GODWIT_TERMINATED', exitCode: 143, details: { left: 'nothing' } })
    expect(error?.hint).toBe('godwit status shows where it stands.')
    expect(remaining).toEqual([])
    expect(await states()).toEqual(['1_a applied'])
    expect(await target.query(`select to_regclass('made')::text as made`)).toEqual([{ made: 'made' }])
  })

  test.each([
    ['does not end', `await pgm.db.query('select pg_sleep(60)')`],
    [
      'goes on, and swallows that it may not',
      `await pgm.db.query('select 1 as "pg_sleep"'); await new Promise((resolve) => setTimeout(resolve, 800))
       await pgm.db.query('create table late ()').catch(() => {})`,
    ],
  ])('a builder function that %s is undone', async (_, text) => {
    const target = await subject.open()
    const controller = new AbortController()
    const body = `exports.up = async (pgm) => { await pgm.db.query('create table made ()'); ${text} }`
    const options = { signal: controller.signal, grace: '300ms' }
    const { project, states } = await builderProject(target, { '1_a': body }, options)
    const running = project.up()
    await untilQuery(target, 'pg_sleep')
    controller.abort('SIGINT')
    expect((await running).error).toMatchObject({ ...stopped, details: { left: 'nothing' } })
    expect(await states()).toEqual(['1_a pending'])
    expect(await target.query(journal)).toEqual([{ name: '1_a', outcome: 'failed' }])
  })

  test('while it waits for the lease of a runner behind a pooler, it ends at once with nothing run', async () => {
    const target = await subject.open()
    const controller = new AbortController()
    const { project, again, events } = await sqlProject(target, { '1_a.sql': 'create table a ()' })
    await project.up()
    await target.query(`update godwit.lease set owner = 'deploy@web-2/7', command = 'up', version = '1', pooled = true,
      acquired_at = clock_timestamp(), expires_at = clock_timestamp() + interval '1 h'`)
    const second = await again({ signal: controller.signal })
    writeFileSync(join(second.folder, 'migrations/2_b.sql'), 'create table b ()')
    const running = second.up()
    await eventOf(events, 'waiting')
    controller.abort('SIGTERM')
    await expect(running).rejects.toMatchObject({ code: 'GODWIT_TERMINATED', details: { state: ['Nothing was run.'] } })
  })
}

/** Two classes, the first with this body; `stop` is the first Ctrl-C. */
async function stoppable(target: TestTarget, body: string, grace: string | number, head = '') {
  const controller = new AbortController()
  const classes = { A1700000000001: `${head} async up(runner) { ${body} }`, ...next }
  const opened = await classProject(target, classes, { signal: controller.signal, grace })
  return { ...opened, stop: () => controller.abort('SIGINT') }
}

async function untilQuery(target: TestTarget, text: string): Promise<void> {
  const seen = `select from pg_stat_activity where datname = current_database() and query like '%${text}%' and pid <> pg_backend_pid()`
  while ((await target.query(seen)).length === 0) await sleep(20)
}
