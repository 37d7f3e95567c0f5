import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { RUNNER_LOCK } from '../../../src/databases/postgres/journal.js'
import type { RunEvent } from '../../../src/index.js'
import { sqlProject } from '../sql-project.js'
import type { Subject, TestTarget } from '../subject.js'
import { openProxy } from './proxy.js'

const counted = Object.fromEntries(
  [1, 2, 3, 4].map((n) => [`${n}_m.sql`, `insert into ran values (${n});\ncreate table t${n} ();`]),
)

/** Two runners, and one that is stopped. Servers only. */
export function runnersContract(subject: Subject): void {
  test.each(['before', 'after'] as const)(
    'cut off %s a migration was done, with another runner waiting: nothing is run twice, both end well',
    async (when) => {
      const target = await subject.open()
      await target.query('create table ran (n int)')
      const proxy = await openProxy(target.url)
      const files = { '0_slow.sql': 'select pg_sleep(1)', ...counted }
      const { project, again, events, states } = await sqlProject({ url: proxy.url }, files)
      const cut = when === 'before' ? proxy.cutBefore : proxy.cutAfter
      cut('insert into ran values (1)', { awayMs: 2_000 })
      const first = project.up()
      await untilQuery(target, 'pg_sleep')
      const second = (await again({ databaseUrl: target.url })).up()
      await untilEvent(events, 'waiting')
      const [cutOff, other] = await Promise.all([first, second])
      expect(proxy.cuts()).toBe(1)
      expect([cutOff.error, other.error]).toEqual([undefined, undefined])
      expect(other.steps.map((step) => step.name)).toEqual(
        when === 'before' ? ['1_m', '2_m', '3_m', '4_m'] : ['2_m', '3_m', '4_m'],
      )
      expect(await target.query('select n from ran order by n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }])
      expect(await states()).toEqual(['0_slow', '1_m', '2_m', '3_m', '4_m'].map((name) => `${name} applied`))
      expect(cutOff.remaining).toEqual([])
    },
  )

  test('cut off, and the other runner fails in the middle: the first one stops, and says what of', async () => {
    const target = await subject.open()
    await target.query('create table ran (n int)')
    const proxy = await openProxy(target.url)
    const { project, again, events } = await sqlProject(
      { url: proxy.url },
      {
        '0_slow.sql': 'select pg_sleep(1)',
        ...counted,
        '2_m.sql': '-- godwit: transaction=none\ninsert into ran values (2);\nselect 1/0;',
      },
    )
    proxy.cutBefore('insert into ran values (1)', { awayMs: 2_000 })
    const first = project.up()
    await untilQuery(target, 'pg_sleep')
    const second = (await again({ databaseUrl: target.url })).up()
    await untilEvent(events, 'waiting')
    const [cutOff, other] = await Promise.all([first, second])
    expect(other.error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', details: { left: 'part' } })
    expect(cutOff).toMatchObject({
      steps: [
        { name: '0_slow', outcome: 'done' },
        { name: '1_m', outcome: 'done' },
      ],
      error: { code: 'GODWIT_UNFINISHED', message: 'Started and not finished: 2_m. Nothing more was run.' },
    })
    expect(await target.query('select n from ran order by n')).toEqual([{ n: 1 }, { n: 2 }])
  })

  // It takes half a minute by design: one server is enough.
  if (subject.name === 'PostgreSQL 18')
    test('cut off, and the other runner never ends: the outcome is unknown', { timeout: 90_000 }, async () => {
      const target = await subject.open()
      await target.query('create table ran (n int)')
      const proxy = await openProxy(target.url)
      const { project } = await sqlProject({ url: proxy.url }, counted, { wait: 0 })
      proxy.cutBefore('insert into ran values (1)', { awayMs: 1_500 })
      const running = project.up()
      while (proxy.cuts() === 0) await sleep(20)
      const holder = await holdLock(target)
      const { error } = await running
      expect(error).toMatchObject({ code: 'GODWIT_OUTCOME_UNKNOWN', exitCode: 8, details: { left: 'unknown' } })
      expect(error?.message).toMatch(/since then .* holds the lock/)
      await holder.end()
    })

  test('a file that is edited while its run waits for the lock is run and recorded as it is then', async () => {
    const target = await subject.open()
    const { project, events, folder, states } = await sqlProject(target, { '1_a.sql': 'create table before_edit ()' })
    const holder = await holdLock(target)
    const running = project.up()
    await untilEvent(events, 'waiting')
    writeFileSync(join(folder, 'migrations/1_a.sql'), 'create table behind_edit ()')
    await holder.end()
    expect((await running).error).toBeUndefined()
    expect(await states()).toEqual(['1_a applied'])
    expect(
      await target.query(`select to_regclass('before_edit') as before, to_regclass('behind_edit')::text as behind`),
    ).toEqual([{ before: null, behind: 'behind_edit' }])
  })

  test('stopped by SIGTERM with a part left, it says how to go on', async () => {
    const target = await subject.open()
    const controller = new AbortController()
    const { project, states } = await sqlProject(
      target,
      { '1_a.sql': '-- godwit: transaction=none\ncreate table a ();\nselect pg_sleep(30);' },
      { signal: controller.signal },
    )
    const running = project.up()
    await untilQuery(target, 'pg_sleep')
    controller.abort('SIGTERM')
    const { error } = await running
    expect(error).toMatchObject({ code: 'GODWIT_TERMINATED', exitCode: 143, details: { left: 'part' } })
    expect(error?.hint).toMatch(/goes on behind what is done: godwit up$/)
    expect(await states()).toEqual(['1_a failed'])
  })
}

async function untilEvent(events: readonly RunEvent[], type: RunEvent['type']): Promise<void> {
  while (!events.some((event) => event.type === type)) await sleep(20)
}

async function untilQuery(target: TestTarget, text: string): Promise<void> {
  const active = `select from pg_stat_activity where datname = current_database() and state = 'active'
    and query ilike '%${text}%' and pid <> pg_backend_pid()`
  while ((await target.query(active)).length === 0) await sleep(20)
}

async function holdLock(target: TestTarget): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: target.url })
  await client.connect()
  await client.query('select pg_advisory_lock($1)', [RUNNER_LOCK.toString()])
  return client
}
