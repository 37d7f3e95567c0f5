import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { sqlProject } from '../contract/sql-project.js'
import { createDatabase, type TestDatabase } from '../support/database.js'

const create = 'create unique index concurrently if not exists i on t (a)'
const valid = `select indisvalid as valid from pg_index where indexrelid = 'i'::regclass`

test('an INVALID index of before is not taken for the one to make: it is dropped and built', async () => {
  const database = await createDatabase()
  await database.query('create table t (a int); insert into t values (1), (1)')
  await expect(database.query(create)).rejects.toThrow()
  await database.query('delete from t')
  const { project, events } = await sqlProject(database, { '1_a.sql': create })
  expect((await project.up()).error).toBeUndefined()
  expect(await database.query(valid)).toEqual([{ valid: true }])
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'recovery', message: 'public.i is INVALID and is dropped' }),
  )
})

test.each([
  ['ends well', '1_a applied', true],
  ['is ended', '1_a pending', false],
])('one that another session is building is left alone; that build %s: %s', async (how, state, made) => {
  const database = await createDatabase()
  await database.query('create table t (a int)')
  const [holder, builder] = [0, 1].map(() => new pg.Client({ connectionString: database.url })) as [
    pg.Client,
    pg.Client,
  ]
  for (const client of [holder, builder]) {
    client.on('error', () => {})
    await client.connect()
    onTestFinished(() => client.end().catch(() => {}))
  }
  await holder.query('begin; insert into t values (1)')
  const building = builder.query(create).catch(() => {})
  await until(database, `pid <> pg_backend_pid() and query = '${create}'`)
  const { project, states, again } = await sqlProject(database, { '1_a.sql': create })
  const running = project.up()
  await until(database, `application_name like 'godwit%' and query = '${create}'`)
  const end = `select pg_terminate_backend(${(builder as unknown as { processID: number }).processID})`
  await (how === 'is ended' ? database.query(end) : holder.query('commit'))
  await building
  await holder.query('commit')
  const { error } = await running
  if (made) expect(error).toBeUndefined()
  else expect(error?.message).toContain('public.i is there and INVALID')
  expect(await states()).toEqual([state])
  expect(await database.query(valid)).toEqual([{ valid: made }])
  expect((await (await again()).up()).error).toBeUndefined()
  expect(await database.query(valid)).toEqual([{ valid: true }])
})

async function until(database: TestDatabase, waits: string): Promise<void> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and ${waits}`
  while ((await database.query(waiting)).length === 0) await sleep(20)
}
