import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { peerProject } from './support/peer-project.js'

const kept = `select to_regclass('kept')::text as kept`

async function failing(body: string) {
  const project = await peerProject(9, { '1_a.js': `exports.up = async (pgm) => { ${body} }` })
  const godwit = await project.godwit()
  const { error } = await godwit.up()
  const [migration] = (await godwit.status()).migrations
  return { project, godwit, error, state: migration?.state }
}

test.each([
  [
    'what was done at once and committed before a statement without a transaction failed',
    `await pgm.db.query('create table kept ()'); pgm.noTransaction(); pgm.sql('select nope')`,
    '42703',
  ],
  [
    'what was committed while it collected',
    `await pgm.db.query('create table kept ()'); await pgm.db.query('COMMIT'); throw new Error('enough')`,
    undefined,
  ],
  [
    'what was committed while it collected, with statements to run behind it',
    `await pgm.db.query('create table kept ()'); await pgm.db.query('COMMIT'); pgm.sql('select nope')`,
    '42703',
  ],
])('%s is said to be there, and blocks the next run', async (_, body, code) => {
  const { project, godwit, error, state } = await failing(body)
  expect(error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', details: { left: 'part' } })
  expect(error?.details.server?.code).toBe(code)
  expect(error?.hint).toMatch(/godwit resolve 1_a --applied.*godwit resolve 1_a --rolled-back/)
  expect(error?.details.state?.join()).not.toMatch(/undone|nothing of it/)
  expect(await project.database.query(kept)).toEqual([{ kept: 'kept' }])
  expect(state).toBe('failed')
  await expect(godwit.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED' })
  expect(await project.rows()).toEqual([])
})

test.each([
  ['and collects nothing', ''],
  ['and collects something', `pgm.sql('create table collected ()')`],
  ['and collects something that runs without a transaction', `pgm.noTransaction(); pgm.sql('select 1')`],
])('a query that failed is a failure also when the migration swallows it %s', async (_, more) => {
  const { project, error, state } = await failing(
    `await pgm.db.query('create table kept ()'); await pgm.db.query('select nope').catch(() => {}); ${more}`,
  )
  expect(error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', details: { left: 'nothing' } })
  expect(await project.database.query(kept)).toEqual([{ kept: null }])
  expect(await project.rows()).toEqual([])
  expect(state).toBe('pending')
})

test.each([
  ['in its transaction', '', 'nothing', 'pending'],
  ['behind a COMMIT', `await pgm.db.query('COMMIT');`, 'part', 'failed'],
])('one that collects nothing and frees the lock %s is not recorded', async (_, before, left, expected) => {
  const { project, error, state } = await failing(`await pgm.db.query('create table kept ()'); ${before}
    await pgm.db.query('select pg_advisory_unlock_all()')`)
  expect(error).toMatchObject({ code: 'GODWIT_LOCK_FREED', details: { left } })
  expect(state).toBe(expected)
  expect(await project.rows()).toEqual([])
})

test('plan makes nothing, even of what commits while it is collected', async () => {
  const project = await peerProject(9, {
    '1_a.js': `exports.up = async (pgm) => { await pgm.db.query('COMMIT'); await pgm.db.query('create table kept ()') }`,
  })
  const { steps } = await (await project.godwit()).plan('up')
  expect(steps).toMatchObject([{ name: '1_a', known: 'function', statements: [] }])
  expect(await project.database.query(kept)).toEqual([{ kept: null }])
})

test('what the peer undid and applied again in another form is not edited', async () => {
  const text = (table: string) => `-- Up Migration\ncreate table ${table} ();\n-- Down Migration\ndrop table ${table};`
  const project = await peerProject(9, { '1_a.sql': text('a') })
  const godwit = await project.godwit()
  await godwit.up()
  // Times of the peer's rows are compared with ours up to a second.
  await sleep(1_200)
  await project.peer('down')
  await writeFile(`${project.dir}/migrations/1_a.sql`, text('b'))
  await project.peer('up')
  expect((await godwit.status()).migrations).toMatchObject([{ name: '1_a', state: 'applied' }])
  expect((await godwit.up()).error).toBeUndefined()
  await writeFile(`${project.dir}/migrations/1_a.sql`, text('c'))
  expect((await godwit.status()).migrations).toMatchObject([{ name: '1_a' }])
})
