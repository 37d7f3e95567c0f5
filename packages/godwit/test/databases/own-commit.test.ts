import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { start } from '../cli/run-cli.js'
import { openProxy } from '../contract/databases/proxy.js'
import { builderProject, classProject } from '../contract/databases/waiting/format-project.js'
import { createDatabase } from '../support/database.js'

const insert = 'insert into effects values (1)'

test.each([
  [
    'a class',
    classProject,
    'A1700000000001',
    `async up(q) { await q.query('${insert}'); await q.commitTransaction(); await q.query('select 1 as cut_here'); await q.startTransaction() }`,
  ],
  [
    'a builder',
    builderProject,
    '1_a',
    `exports.up = async ({ db }) => { await db.query('${insert}'); await db.query('COMMIT'); await db.query('select 1 as cut_here') }`,
  ],
] as const)(
  '%s that lost its connection behind a COMMIT of its own is failed, and not run again',
  async (_, open, name, text) => {
    const database = await createDatabase()
    await database.query('create table effects (n int)')
    const proxy = await openProxy(database.url)
    const { project, again, states } = await open({ url: proxy.url }, { [name]: text })
    proxy.cutBefore('cut_here')
    const { error } = await project.up()
    expect(error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST', details: { left: 'part' } })
    expect(await states()).toEqual([`${name} failed`])
    await expect((await again()).project.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED' })
    expect(await database.query('select n from effects')).toEqual([{ n: 1 }])
  },
)

test('killed behind a COMMIT of its own, a class is failed, and not run again', async () => {
  const database = await createDatabase()
  await database.query('create table effects (n int)')
  const { folder, again, states } = await classProject(database, {
    A1700000000001: `async up(q) { await q.query('${insert}'); await q.commitTransaction(); await q.query('select pg_sleep(30)') }`,
  })
  const killed = start(folder, {}, ['up', '--database-url', database.url])
  const sleeping = "select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
  while ((await database.query(sleeping)).length === 0) await sleep(50)
  killed.child.kill('SIGKILL')
  expect(await states()).toEqual(['A1700000000001 failed'])
  await expect((await again()).project.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED' })
  expect(await database.query('select n from effects')).toEqual([{ n: 1 }])
})
