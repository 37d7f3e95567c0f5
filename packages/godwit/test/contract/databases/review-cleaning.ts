import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject } from '../subject.js'
import { prismaProject } from './waiting/format-project.js'

const long = `create table real ();
do $$ begin for i in 1..1000 loop execute 'create temp table t' || i || ' (a text primary key)'; end loop; end $$`

/** What comes behind the COMMIT of a step. Servers only. */
export function cleaningContract(subject: Subject): void {
  test.each(['sql', 'prisma'])('stopped while the session is cleaned, a migration of %s is done', async (format) => {
    const target = await subject.open()
    const controller = new AbortController()
    const options = { signal: controller.signal }
    const sql = () => sqlProject(target, { '1_a.sql': long }, options)
    const { project, states } = await (format === 'sql' ? sql() : prismaProject(target, long, options))
    const running = project.up()
    while ((await target.query("select where to_regclass('real') is not null")).length === 0) await sleep(10)
    controller.abort('SIGINT')
    const { steps, error } = await running
    expect(steps).toMatchObject([{ outcome: 'done' }])
    expect(error).toMatchObject({ code: 'GODWIT_INTERRUPTED', details: { left: 'nothing' } })
    expect(error?.details.state?.join()).toContain('is recorded')
    expect(await states()).toMatchObject([expect.stringContaining('applied')])
    expect(await target.query('select outcome from godwit.step')).toEqual([{ outcome: 'done' }])
  })
}
