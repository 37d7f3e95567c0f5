import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { sqlProject } from '../contract/sql-project.js'
import { createDatabase } from '../support/database.js'

test('a stop that comes while a concurrent build is made ready: it is not begun', { timeout: 20_000 }, async () => {
  const target = await createDatabase()
  const controller = new AbortController()
  const { project, again } = await sqlProject(target, {
    '1_a.sql': 'create table a (id int);',
    '2_i.sql': 'create index concurrently i on a (id);',
  })
  await project.up({ only: '1_a' })
  const old = new pg.Client({ connectionString: target.url })
  await old.connect()
  onTestFinished(() => old.end())
  await old.query('begin; lock table a in row exclusive mode')
  const onEvent = ({ type }: { type: string }) => {
    if (type === 'statement') setImmediate(() => controller.abort('SIGTERM'))
  }
  const { error } = await (await again({ signal: controller.signal, onEvent })).up()
  expect(error).toMatchObject({ code: 'GODWIT_TERMINATED', exitCode: 143 })
  expect(await target.query(`select to_regclass('i') as i`)).toEqual([{ i: null }])
  await old.query('rollback')
  expect((await (await again()).up()).steps).toMatchObject([{ name: '2_i' }])
})
