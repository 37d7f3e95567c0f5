import { expect, test } from 'vitest'
import { classProject } from '../contract/databases/waiting/format-project.js'
import { createDatabase } from '../support/database.js'

// As pg-cursor and pg-copy-streams speak to the server.
const events =
  'handleRowDescription() {} handleDataRow() {} handleCommandComplete() {} handleReadyForQuery() {} handleError() {} handleEmptyQuery() {}'
const cursor = `class { constructor(ready) { this.ready = ready } handlePortalSuspended() { this.ready() } ${events}
  submit(c) { c.parse({ text: 'select generate_series(1, 10000)' }); c.bind({}); c.describe({ type: 'P' }); c.execute({ rows: 10 }); c.flush() } }`
const copy = `class { constructor(ready) { this.ready = ready } handleCopyInResponse() { this.ready() } ${events}
  submit(c) { c.query('copy made from stdin') } }`

test.each([
  ['a cursor', cursor],
  ['a COPY', copy],
])('%s that a class leaves open does not hold up the run for ever', { timeout: 30_000 }, async (_, stream) => {
  const database = await createDatabase()
  const { project, states } = await classProject(database, {
    A1700000000001: `async up(q) { await q.query('create table made (n int)'); const client = await q.connect()
      await new Promise((ready) => client.query(new (${stream})(ready))) }`,
  })
  const { error } = await project.up()
  expect(error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST', details: { left: 'nothing' } })
  expect(error?.message).toContain('a cursor or a COPY stream was left open')
  expect(await states()).toEqual(['A1700000000001 pending'])
})
