import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject, TestTarget } from '../subject.js'

const slow = { '1_a.sql': 'create table a ();\nselect pg_sleep(1);', '2_b.sql': 'create table b ()' }

/** Who may run, and when (rules 1 and 7). Servers only: the embedded one has a single process. */
export function lockContract(subject: Subject): void {
  test('of two runners at once one waits, and then finds nothing to do', async () => {
    const target = await subject.open()
    const { project, again, events } = await sqlProject(target, slow)
    const first = project.up()
    await running(target)
    const second = await (await again()).up()
    expect((await first).steps.map((step) => step.outcome)).toEqual(['done', 'done'])
    expect(second).toMatchObject({ steps: [], remaining: [] })
    const waiting = events.find((event) => event.type === 'waiting')
    expect(waiting).toMatchObject({ holder: expect.stringMatching(/^\S+@\S+ \(pid \d+, up\), \d+ s/) })
  })

  test('with --wait 0 the second one stops with exit code 6 and changes nothing', async () => {
    const target = await subject.open()
    const { project, again } = await sqlProject(target, slow)
    const first = project.up()
    await running(target)
    const second = await again({ wait: 0 })
    const refused = expect.objectContaining({ code: 'GODWIT_LOCKED', exitCode: 6 })
    await expect(second.up()).rejects.toEqual(refused)
    await expect(second.up({ fake: true })).rejects.toEqual(refused)
    await expect(second.resolve('1_a', 'applied')).rejects.toEqual(refused)
    await expect(second.reset({ yes: true })).rejects.toEqual(refused)
    expect((await first).steps).toHaveLength(2)
  })

  test('a waiter that runs out of time says how long it waited for whom', async () => {
    const target = await subject.open()
    const { again } = await sqlProject(target, slow, { wait: '300ms' })
    await holdLock(target)
    const started = performance.now()
    await expect((await again()).up()).rejects.toMatchObject({
      code: 'GODWIT_LOCKED',
      message: expect.stringContaining('my-holder'),
    })
    expect(performance.now() - started).toBeGreaterThan(290)
  })

  test('a waiter that is stopped says so, and does not run', async () => {
    const target = await subject.open()
    const controller = new AbortController()
    const { project, events, states } = await sqlProject(target, slow, { signal: controller.signal })
    await holdLock(target)
    const waiting = project.up()
    waiting.catch(() => {})
    while (!events.some((event) => event.type === 'waiting')) await sleep(20)
    controller.abort('SIGINT')
    await expect(waiting).rejects.toMatchObject({ code: 'GODWIT_INTERRUPTED', exitCode: 130 })
    expect(await states()).toEqual(['1_a pending', '2_b pending'])
  })

  test('ten at once make history and journal once and run each migration once', async () => {
    const target = await subject.open()
    const { again } = await sqlProject(target, { '1_a.sql': 'create table a ()', '2_b.sql': 'create table b ()' })
    const projects = await Promise.all(Array.from({ length: 10 }, () => again()))
    const reports = await Promise.all(projects.map((each) => each.up()))
    expect(reports.map((report) => report.error)).toEqual(Array(10).fill(undefined))
    expect(reports.flatMap((report) => report.steps.map((step) => step.name)).sort()).toEqual(['1_a', '2_b'])
    const rows = await target.query(`select (select count(*)::int from godwit_migrations) as history,
      (select count(*)::int from godwit.step) as steps, (select count(*)::int from godwit.run) as runs`)
    expect(rows).toEqual([{ history: 2, steps: 2, runs: 1 }])
  })

  test('ten that record only, at once, record each once: history is read behind the lock', async () => {
    const target = await subject.open()
    const { again } = await sqlProject(target, { '1_a.sql': 'create table a ()', '2_b.sql': 'create table b ()' })
    const projects = await Promise.all(Array.from({ length: 10 }, () => again()))
    const reports = await Promise.all(projects.map((each) => each.up({ fake: true })))
    expect(reports.flatMap((report) => report.steps.map((step) => step.name)).sort()).toEqual(['1_a', '2_b'])
    expect(await target.query('select count(*)::int as n from godwit.step')).toEqual([{ n: 2 }])
  })

  test('with nothing to do, no lock is waited for and nothing is written', async () => {
    const target = await subject.open()
    const { project, again } = await sqlProject(target, { '1_a.sql': 'create table a ()' })
    await project.up()
    await holdLock(target)
    const before = await written(target)
    expect(await (await again({ wait: 0 })).up()).toEqual({ direction: 'up', steps: [], remaining: [] })
    await (await again({ wait: 0 })).status()
    await (await again({ wait: 0 })).plan('up')
    expect(await written(target)).toEqual(before)
  })
}

async function running(target: TestTarget): Promise<void> {
  const sleeping = `select 1 from pg_stat_activity where datname = current_database() and query like '%pg_sleep(1)%'
    and pid <> pg_backend_pid() and state = 'active'`
  while ((await target.query(sleeping)).length === 0) await sleep(20)
}

async function holdLock(target: TestTarget): Promise<void> {
  const holder = new pg.Client({ connectionString: target.url, application_name: 'my-holder' })
  await holder.connect()
  onTestFinished(() => holder.end())
  await holder.query(`select pg_advisory_lock(${0x67_6f_64_77_69_74n})`)
}

function written(target: TestTarget): Promise<unknown> {
  return target.query(`select (select last_value::int from godwit.run_id_seq) as runs,
    (select last_value::int from godwit.step_id_seq) as steps, (select xmin::text from godwit_migrations) as history`)
}
