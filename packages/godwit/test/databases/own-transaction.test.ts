import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { classProject } from '../contract/databases/waiting/format-project.js'
import { createDatabase } from '../support/database.js'
import { hasPgBouncer, type Pooler, startPooler } from '../support/pooler.js'

describe.runIf(hasPgBouncer)('a function behind PgBouncer that goes on in a transaction of its own', () => {
  let pooler: Pooler
  beforeAll(async () => {
    pooler = await startPooler(inject('servers').pg18)
  })
  afterAll(() => pooler?.stop())

  test('when another runner took the lease, it commits nothing more', async () => {
    const database = await createDatabase()
    const taken = `const { Client } = require('pg'); const other = new Client(${JSON.stringify(database.url)})
      await other.connect(); await other.query('update godwit.lease set fence = fence + 1'); await other.end()`
    const { project } = await classProject(
      { url: pooler.through(database.url) },
      {
        A1700000000001: `async up(q) { await q.query('create table first ()'); await q.commitTransaction(); ${taken}
          await q.startTransaction(); await q.query('create table second ()') }`,
      },
    )
    const { error } = await project.up()
    expect(error).toMatchObject({ code: 'GODWIT_LEASE_LOST', details: { left: 'part' } })
    expect(await database.query(`select to_regclass('first')::text as f, to_regclass('second') as s`)).toEqual([
      { f: 'first', s: null },
    ])
    expect(await database.query('select name from migrations')).toEqual([])
  })
})
