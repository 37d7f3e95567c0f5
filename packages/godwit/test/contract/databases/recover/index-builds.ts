import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { sqlProject } from '../../sql-project.js'
import type { Subject, TestTarget } from '../../subject.js'

const before = 'create table t (a int, b int);\ninsert into t select i, i from generate_series(1, 100) as i;'
const indexes = `select c.relname::text as name, i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = 't'::regclass order by 1`

/** A concurrent build that did not come to its end is taken away and built again (invariant 17). Servers only. */
export function indexBuildContract(subject: Subject): void {
  test('killed in the middle of a build: its INVALID index is dropped, it is built again, and the script goes on', async () => {
    const target = await subject.open()
    const { project, states, events } = await sqlProject(target, {
      '1_t.sql': before,
      '2_i.sql': 'create table u ();\ncreate index concurrently t_a on t (a);\ncreate table v ();',
    })
    await project.up({ to: '1_t' })
    const other = await writer(target)
    const running = project.up()
    await untilBuilding(target)
    await endRunner(target)
    expect((await running).error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST', details: { left: 'part' } })
    await other.end()
    expect(await target.query(indexes)).toEqual([{ name: 't_a', valid: false }])
    expect(await states()).toEqual(['1_t applied', '2_i failed'])
    expect((await project.status()).migrations[1]?.open).toMatchObject({ done: 1 })
    const again = await project.up()
    expect(again).toMatchObject({ steps: [{ name: '2_i', outcome: 'resumed', statements: 2 }], remaining: [] })
    expect(again.error).toBeUndefined()
    expect(await target.query(indexes)).toEqual([{ name: 't_a', valid: true }])
    expect(await target.query(`select to_regclass('u')::text as u, to_regclass('v')::text as v`)).toEqual([
      { u: 'u', v: 'v' },
    ])
    expect(await states()).toEqual(['1_t applied', '2_i applied'])
    expect(events.flatMap((event) => (event.type === 'recovery' ? [event.message] : []))).toEqual([
      'goes on at statement 2 of 3',
      'public.t_a is INVALID and is dropped',
    ])
  })
}

async function writer(target: TestTarget): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: target.url })
  await client.connect()
  onTestFinished(() => client.end().catch(() => {}))
  await client.query('begin; insert into t values (0, 0)')
  return client
}

/** Until the index stands, INVALID, and waits for the writer. */
async function untilBuilding(target: TestTarget): Promise<void> {
  while ((await target.query(`select from pg_index where not indisvalid`)).length === 0) await sleep(20)
}

async function endRunner(target: TestTarget): Promise<void> {
  await target.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
    and application_name like 'godwit%' and query ilike '%concurrently%'`)
}
