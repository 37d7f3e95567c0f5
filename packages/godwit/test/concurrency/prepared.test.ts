import { afterAll, beforeAll, expect, test } from 'vitest'
import { classProject } from '../contract/databases/waiting/format-project.js'
import { queryOn } from './support/effects-project.js'
import { type OwnServer, startOwnServer } from './support/own-server.js'

let server: OwnServer
beforeAll(async () => {
  server = await startOwnServer(['max_prepared_transactions=2'])
})
afterAll(() => server?.remove())

test('a transaction that a class prepared holds the lease: the next run names it, and goes on when it is ended', async () => {
  await queryOn(server.url, 'create database prepared')
  const url = server.url.replace(/\/postgres$/, '/prepared')
  const { project, again, states } = await classProject(
    { url },
    {
      A1700000000001: `async up(q) { await q.query('create table made ()'); await q.query("prepare transaction 'two'") }`,
      B1700000000002: 'async up() {}',
    },
    { wait: '1s' },
  )
  expect((await project.up({ step: 1 })).error).toBeUndefined()
  await expect((await again()).project.up()).rejects.toMatchObject({
    code: 'GODWIT_LOCKED',
    message: expect.stringContaining("prepared transaction 'two'"),
  })
  await queryOn(url, "commit prepared 'two'")
  expect((await (await again()).project.up()).error).toBeUndefined()
  expect(await states()).toEqual(['A1700000000001 applied', 'B1700000000002 applied'])
})
