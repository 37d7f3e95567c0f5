import { expect, test } from 'vitest'
import type { Subject } from '../subject.js'
import { classProject } from './waiting/format-project.js'

const noting = (name: string, more = '') =>
  `async up(q) { await q.query("insert into ran values ('${name}')"); ${more} }`

/** The message that ends a class's transaction opens the next one's: what that must not change. Servers only. */
export function begunAheadContract(subject: Subject): void {
  const ready = async () => {
    const target = await subject.open()
    await target.query('create table ran (name text, transaction text default txid_current())')
    const idle = () =>
      target.query(`select 1 from pg_stat_activity where datname = current_database() and state like 'idle in trans%'`)
    const ran = () => target.query<{ name: string; transaction: string }>('select * from ran order by name')
    return { target, idle, ran }
  }

  test('each class has a transaction of its own; one that fails takes nothing of the others along', async () => {
    const { target, idle, ran } = await ready()
    const { project, states } = await classProject(target, {
      A1600000000001: noting('A'),
      B1600000000002: noting('B'),
      C1600000000003: noting('C', `throw new Error('no')`),
      D1600000000004: noting('D'),
    })
    const { error } = await project.up()
    expect(error?.message).toContain('no')
    const rows = await ran()
    expect(rows.map((row) => row.name)).toEqual(['A', 'B'])
    expect(rows[0]?.transaction).not.toBe(rows[1]?.transaction)
    expect(await states()).toEqual([
      'A1600000000001 applied',
      'B1600000000002 applied',
      'C1600000000003 pending',
      'D1600000000004 pending',
    ])
    expect(await idle()).toEqual([])
  })

  test('stopped between two of them: the first is recorded, nothing of the second begun, the run is ended', async () => {
    const { target, ran } = await ready()
    const stop = new AbortController()
    const { project, states } = await classProject(
      target,
      { A1600000000001: noting('A'), B1600000000002: noting('B') },
      {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type === 'step-done') stop.abort('SIGTERM')
        },
      },
    )
    expect((await project.up()).error?.code).toBe('GODWIT_TERMINATED')
    expect((await ran()).map((row) => row.name)).toEqual(['A'])
    expect(await states()).toEqual(['A1600000000001 applied', 'B1600000000002 pending'])
    expect(await target.query('select outcome from godwit.run')).toEqual([{ outcome: 'failed' }])
  })

  test('the lease is gone by then: the first stays applied, the second is shut out', async () => {
    const { target, ran } = await ready()
    const { project, states } = await classProject(target, {
      A1600000000001: noting('A', `await q.query('update godwit.lease set fence = fence + 100')`),
      B1600000000002: noting('B'),
    })
    const { error, steps } = await project.up()
    expect(error?.code).toBe('GODWIT_LEASE_LOST')
    expect(steps.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'A1600000000001 done',
      'B1600000000002 failed',
    ])
    expect((await ran()).map((row) => row.name)).toEqual(['A'])
    expect(await states()).toEqual(['A1600000000001 applied', 'B1600000000002 pending'])
  })
}
