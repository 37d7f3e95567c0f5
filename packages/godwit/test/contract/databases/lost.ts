import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject, TestTarget } from '../subject.js'
import { openProxy } from './proxy.js'

const twoSteps = { '1_a.sql': 'create table a ();\nselect pg_sleep(0.3);', '2_b.sql': 'create table b ()' }

/** A connection that goes away leaves an outcome that is read back, never guessed (rule 14). Servers only. */
export function lostContract(subject: Subject): void {
  test('ended in the middle of a transaction: nothing is left, and the next run goes on', async () => {
    const target = await subject.open()
    const { project, again, states } = await sqlProject(target, {
      ...twoSteps,
      '1_a.sql': 'create table a ();\nselect pg_sleep(30);',
    })
    const running = project.up()
    await terminate(target, 'pg_sleep')
    const report = await running
    expect(report).toMatchObject({
      steps: [{ name: '1_a', outcome: 'failed' }],
      error: { code: 'GODWIT_CONNECTION_LOST', exitCode: 8, details: { left: 'nothing' } },
    })
    expect(report.error?.message).toContain('Nothing of it is left')
    expect(await states()).toEqual(['1_a pending', '2_b pending'])
    expect((await (await again()).up({ only: '2_b' })).steps).toHaveLength(1)
  })

  test('ended outside of a transaction: failed, with how far it came', async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, {
      '1_a.sql': '-- godwit: transaction=none\ncreate table a ();\nselect pg_sleep(30);\ncreate table b ();',
    })
    const running = project.up()
    await terminate(target, 'pg_sleep')
    expect((await running).error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST', details: { left: 'part' } })
    expect((await project.status()).migrations).toMatchObject([{ state: 'failed', open: { done: 1 } }])
    expect((await project.status()).migrations[0]?.open?.checkpoint).toBeDefined()
  })

  test('ended while COPY data is on its way: nothing is left', async () => {
    const target = await subject.open()
    const slow = `create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(30); return new; end $$;
create trigger slow before insert on a for each row execute function slow();
copy a from stdin;\n1\n2\n\\.\n`
    const { project } = await sqlProject(target, { '1_a.sql': `create table a (id int);\n${slow}` })
    const running = project.up()
    await terminate(target, 'copy a')
    expect((await running).error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST', details: { left: 'nothing' } })
    expect(await target.query(`select to_regclass('a') as a`)).toEqual([{ a: null }])
  })

  test('lost before anything was read: an error with a code, and nothing was done', async () => {
    const target = await subject.open()
    const proxy = await openProxy(target.url)
    const { project, again } = await sqlProject({ url: proxy.url }, twoSteps)
    for (const verb of ['status', 'up'] as const) {
      proxy.cutBefore('server_version_num')
      await expect(project[verb]()).rejects.toMatchObject({ code: 'GODWIT_CONNECTION_BROKEN', exitCode: 8 })
    }
    expect(proxy.cuts()).toBe(2)
    expect((await (await again()).up()).steps).toHaveLength(2)
  })

  test('lost behind COMMIT, before its answer: it is read back as done, and the run goes on', async () => {
    const target = await subject.open()
    const proxy = await openProxy(target.url)
    const { project, states } = await sqlProject({ url: proxy.url }, twoSteps)
    proxy.cutAfter('INSERT INTO "public"."godwit_migrations"')
    const report = await project.up()
    expect(report.error).toBeUndefined()
    expect(report.steps.map((step) => step.outcome)).toEqual(['done', 'done'])
    expect(proxy.cuts()).toBe(1)
    expect(await states()).toEqual(['1_a applied', '2_b applied'])
    expect(await target.query('select count(*)::int as n from godwit_migrations')).toEqual([{ n: 2 }])
    // The lock is still taken once only: the run went on under it.
    expect(await target.query(`select outcome from godwit.run`)).toEqual([{ outcome: 'done' }])
  })

  test('lost before COMMIT reached the server: it is read back as undone', async () => {
    const target = await subject.open()
    const proxy = await openProxy(target.url)
    const { project, states } = await sqlProject({ url: proxy.url }, twoSteps)
    proxy.cutBefore('INSERT INTO "public"."godwit_migrations"')
    const { error } = await project.up()
    expect(error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST', details: { left: 'nothing' } })
    expect(await states()).toEqual(['1_a pending', '2_b pending'])
    expect((await project.up()).steps).toHaveLength(2)
  })

  test('lost while a down commits: read back from the history as well', async () => {
    const target = await subject.open()
    const proxy = await openProxy(target.url)
    const { project, states } = await sqlProject(
      { url: proxy.url },
      {
        '1_a.sql': 'create table a ()',
        '1_a.down.sql': 'drop table a',
      },
    )
    await project.up()
    proxy.cutAfter('DELETE FROM "public"."godwit_migrations"')
    expect(await project.down()).toMatchObject({ steps: [{ name: '1_a', outcome: 'done' }], remaining: ['1_a'] })
    expect(proxy.cuts()).toBe(1)
    expect(await states()).toEqual(['1_a pending'])
  })

  // It takes as long as Godwit is ready to wait: one server will do.
  // It takes half a minute by design: one server is enough.
  if (subject.name === 'PostgreSQL 18')
    test('a database that vanishes for good leaves the outcome unknown, and says so', { timeout: 90_000 }, async () => {
      const target = await subject.open()
      const proxy = await openProxy(target.url)
      const { project } = await sqlProject({ url: proxy.url }, twoSteps)
      proxy.cutAfter('INSERT INTO "public"."godwit_migrations"', { forGood: true })
      const report = await project.up()
      expect(report).toMatchObject({
        steps: [{ name: '1_a', outcome: 'failed' }],
        error: { code: 'GODWIT_OUTCOME_UNKNOWN', exitCode: 8, details: { left: 'unknown' } },
      })
      expect(report.error?.message).not.toMatch(/undone|nothing of it/i)
    })
}

async function terminate(target: TestTarget, running: string): Promise<void> {
  const end = `select pg_terminate_backend(pid) as ended from pg_stat_activity where datname = current_database()
    and query ilike '%${running}%' and state = 'active' and pid <> pg_backend_pid()
    and clock_timestamp() - query_start > interval '0.2 s'`
  while ((await target.query(end)).length === 0) await sleep(50)
}
