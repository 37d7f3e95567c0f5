import { expect, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { createDatabase } from '../../support/database.js'
import { createProject, dataSource } from './support/project.js'

test.each([
  ["with the query runner's own methods", 'await runner.commitTransaction(); await runner.startTransaction()'],
  ['with COMMIT and BEGIN', "await runner.query('COMMIT'); await runner.query('BEGIN')"],
  ['with COMMIT alone', "await runner.query('COMMIT')"],
])('what a migration committed %s before it failed is there, and blocks the next run', async (_, commit) => {
  const { database, godwit } = await setup(
    `await runner.query('create table kept ()'); ${commit}; await runner.query('select nope')`,
  )
  const { error } = await godwit.up()
  expect(error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', details: { server: { code: '42703' } } })
  expect(await database.query(`select to_regclass('kept')::text as kept`)).toEqual([{ kept: 'kept' }])
  expect(error?.details.left).toBe('part')
  expect(error?.hint).toMatch(/resolve First1700000000001 --applied.*--rolled-back/)
  expect(error?.details.state?.join()).not.toMatch(/undone|nothing of it/)
  await expect(godwit.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED' })
  expect((await godwit.status()).migrations).toMatchObject([{ state: 'failed' }])
})

test('what it committed before it went well is recorded', async () => {
  const { database, godwit } = await setup(
    `await runner.query('create table kept ()'); await runner.query('COMMIT'); await runner.query('create table more ()')`,
  )
  expect((await godwit.up()).error).toBeUndefined()
  expect((await godwit.status()).migrations).toMatchObject([{ state: 'applied' }])
  expect(await database.query(`select outcome, mode from godwit.step`)).toEqual([{ outcome: 'done', mode: 'own' }])
})

test('a query that failed and was swallowed undoes the migration', async () => {
  const { database, godwit } = await setup(
    `await runner.query('create table kept ()'); await runner.query('select nope').catch(() => {})`,
  )
  expect((await godwit.up()).error).toMatchObject({ details: { left: 'nothing' } })
  expect((await godwit.status()).migrations).toMatchObject([{ state: 'pending' }])
  expect(await database.query(`select to_regclass('kept') as kept`)).toEqual([{ kept: null }])
})

async function setup(up: string) {
  const database = await createDatabase()
  const project = createProject({
    'src/data-source.ts': dataSource(database.url),
    'src/migrations/1700000000001-First.ts': `export class First1700000000001 {
  async up(runner) { ${up} }
  async down() {}
}`,
    'godwit.config.json': '{ "format": "typeorm" }',
  })
  const godwit = await openProject({ cwd: project.dir, databaseUrl: database.url, env: {} })
  return { database, godwit }
}
