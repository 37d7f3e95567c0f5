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

test.each([
  [
    'a class',
    classProject,
    'A1700000000001',
    `async up(q) { await q.query('${insert}'); await q.commitTransaction(); await q.query('select pg_sleep(30)') }`,
  ],
  [
    'a class that goes on in the same query',
    classProject,
    'A1700000000001',
    `async up(q) { await q.query('${insert}'); await q.query('COMMIT; BEGIN'); await q.query('select pg_sleep(30)') }`,
  ],
  [
    'a builder',
    builderProject,
    '1_a',
    `exports.up = async ({ db }) => { await db.query('${insert}'); await db.query('COMMIT'); await db.query('select pg_sleep(30)') }`,
  ],
] as const)('killed behind a COMMIT of its own, %s is failed, and not run again', async (_, open, name, text) => {
  const database = await createDatabase()
  await database.query('create table effects (n int)')
  const { folder, again, states } = await open(database, { [name]: text })
  const killed = start(folder, {}, ['up', '--database-url', database.url])
  const sleeping = "select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
  while ((await database.query(sleeping)).length === 0) await sleep(50)
  killed.child.kill('SIGKILL')
  expect(await states()).toEqual([`${name} failed`])
  await expect((await again()).project.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED' })
  expect(await database.query('select n from effects')).toEqual([{ n: 1 }])
})

test.each(['cutBefore', 'cutAfter'] as const)(
  'a connection lost at a COMMIT of its own (%s): what is there is told',
  async (cut) => {
    const database = await createDatabase()
    await database.query('create table effects (n int)')
    const proxy = await openProxy(database.url)
    const { project, states } = await classProject(
      { url: proxy.url },
      { A1700000000001: `async up(q) { await q.query('${insert}'); await q.query('COMMIT /* cut_here */') }` },
    )
    proxy[cut]('cut_here')
    const { error } = await project.up()
    const kept = cut === 'cutAfter'
    expect(error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST', details: { left: kept ? 'part' : 'nothing' } })
    expect(await states()).toEqual([`A1700000000001 ${kept ? 'failed' : 'pending'}`])
    expect(await database.query('select n from effects')).toHaveLength(kept ? 1 : 0)
  },
)

test('done behind a COMMIT of its own: one entry of the journal, and nothing left open', async () => {
  for (const [open, name, text] of [
    [classProject, 'A1700000000001', `async up(q) { await q.query('${insert}'); await q.commitTransaction() }`],
    [builderProject, '1_a', `exports.up = async ({ db }) => { await db.query('${insert}'); await db.query('END') }`],
  ] as const) {
    const database = await createDatabase()
    await database.query('create table effects (n int); create role keeper; grant all on effects to keeper')
    const role = text.replace(insert, `set role keeper; ${insert}`)
    const { project, states } = await open(database, { [name]: role })
    expect((await project.up()).error).toBeUndefined()
    expect(await states()).toEqual([`${name} applied`])
    expect(await database.query('select outcome, mode from godwit.step')).toEqual([{ outcome: 'done', mode: 'own' }])
    await database.query('drop owned by keeper; drop role keeper')
  }
})

test('statements that cannot be read, collected behind a COMMIT of its own: failed, and said so', async () => {
  const database = await createDatabase()
  await database.query('create table effects (n int)')
  const { project, states } = await builderProject(database, {
    '1_a': `exports.up = async (pgm) => { await pgm.db.query('${insert}'); await pgm.db.query('COMMIT'); pgm.sql("select 'open") }`,
  })
  const { error } = await project.up()
  expect(error).toMatchObject({ code: 'GODWIT_SQL_UNTERMINATED', details: { left: 'part' } })
  expect(error?.hint).toContain('godwit resolve')
  expect(await states()).toEqual(['1_a failed'])
})

test('the lease is gone at a COMMIT of its own: nothing is committed, and that is said', async () => {
  const database = await createDatabase()
  await database.query('create table effects (n int)')
  const { project, states } = await classProject(database, {
    A1700000000001: `async up(q) { await q.query('${insert}'); await q.query('update godwit.lease set fence = fence + 100')
      await q.commitTransaction(); await q.query('select 1') }`,
  })
  expect((await project.up()).error).toMatchObject({ code: 'GODWIT_LEASE_LOST', details: { left: 'nothing' } })
  expect(await states()).toEqual(['A1700000000001 pending'])
  expect(await database.query('select n from effects')).toEqual([])
})

test.each([
  ['goes on failing', 'throw e', 'nope'],
  ['says nothing', '', 'rolled back'],
])('a class that rolls its transaction back and %s is undone', async (_, more, said) => {
  const database = await createDatabase()
  const { project, states } = await classProject(database, {
    A1700000000001: `async up(q) { try { await q.query('create table a ()'); await q.query('select nope') } catch (e) { await q.rollbackTransaction(); ${more} } }`,
  })
  const { error } = await project.up()
  expect(error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', details: { left: 'nothing' } })
  expect(error?.message).toContain(said)
  expect(await states()).toEqual(['A1700000000001 pending'])
})

test('a class that commits a failed transaction and goes on is undone, and nothing more of it is run', async () => {
  const database = await createDatabase()
  const { project, states } = await classProject(database, {
    A1700000000001: `async up(q) { await q.query('create table a ()'); await q.query('nope').catch(() => {})
      await q.query('COMMIT'); await q.query('create table b ()') }`,
  })
  const { error } = await project.up()
  expect(error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', details: { left: 'nothing' } })
  expect(error?.message).toContain('a query failed')
  expect(await states()).toEqual(['A1700000000001 pending'])
  expect(await database.query(`select to_regclass('a') as a, to_regclass('b') as b`)).toEqual([{ a: null, b: null }])
})

test.each([
  ['frees the lock', 'select pg_advisory_unlock_all()', 'GODWIT_LOCK_FREED'],
  ['loses the lease', 'update godwit.lease set fence = fence + 100', 'GODWIT_LEASE_LOST'],
])('a class without a transaction that %s is told so', async (_, statement, code) => {
  const database = await createDatabase()
  const { project, states } = await classProject(database, {
    A1700000000001: `transaction = false; async up(q) { await q.query('create table a ()'); await q.query('${statement}') }`,
  })
  expect((await project.up()).error).toMatchObject({ code, details: { left: 'part' } })
  expect(await states()).toEqual(['A1700000000001 failed'])
})

test('a builder that committed by itself, and whose lease is gone then, is not called undone', async () => {
  const database = await createDatabase()
  const { project, states } = await builderProject(database, {
    '1_a': `exports.up = async (pgm) => { await pgm.db.query('create table a ()'); await pgm.db.query('COMMIT')
      await pgm.db.query('update godwit.lease set fence = fence + 100'); pgm.sql('select 1') }`,
  })
  expect((await project.up()).error).toMatchObject({ code: 'GODWIT_LEASE_LOST', details: { left: 'part' } })
  expect(await states()).toEqual(['1_a failed'])
})
