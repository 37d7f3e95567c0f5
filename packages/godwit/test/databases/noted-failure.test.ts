import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { prismaProject } from '../contract/databases/waiting/format-project.js'
import { createDatabase } from '../support/database.js'
import { hasPgBouncer, type Pooler, startPooler } from '../support/pooler.js'

const PRISMA = 72707369
const SLEEPING = "select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"

describe.runIf(hasPgBouncer)('a Prisma migration behind PgBouncer that somebody else is at by now', () => {
  let pooler: Pooler
  beforeAll(async () => {
    pooler = await startPooler(inject('servers').pg18)
  })
  afterAll(() => pooler?.stop())

  test.each(['Prisma', 'another runner'])('%s: nothing is noted against it, and it is not run again', async (who) => {
    const database = await createDatabase()
    await database.query('create table effects (n int)')
    const theirs = `insert into _prisma_migrations (id, checksum, migration_name, started_at)
      values ('theirs', '', '20240101000001_b', now())`
    // Another runner takes the lease with the end of the first migration.
    const first = who === 'Prisma' ? 'select pg_sleep(1)' : `update godwit.lease set fence = fence + 1; ${theirs}`
    const { folder, again } = await prismaProject({ url: `${pooler.through(database.url)}?pgbouncer=true` }, first)
    mkdirSync(join(folder, 'prisma/migrations/20240101000001_b'))
    writeFileSync(join(folder, 'prisma/migrations/20240101000001_b/migration.sql'), 'insert into effects values (1)')
    const running = (await again()).project.up()
    const other = new pg.Client({ connectionString: database.url })
    await other.connect()
    onTestFinished(() => other.end())
    if (who === 'Prisma') {
      while ((await database.query(SLEEPING)).length === 0) await sleep(20)
      await other.query('select pg_advisory_lock($1)', [PRISMA])
      await other.query(theirs)
    }
    const { error } = await running
    expect(error?.code).toBe(who === 'Prisma' ? 'GODWIT_PEER_AT_WORK' : 'GODWIT_LEASE_LOST')
    await other.query(`insert into effects values (1);
      update _prisma_migrations set finished_at = now(), applied_steps_count = 1 where id = 'theirs'`)
    await other.query('select pg_advisory_unlock_all()')
    expect((await (await again()).project.up()).steps).toEqual([])
    expect(await database.query('select n from effects')).toEqual([{ n: 1 }])
    const rows = `select id from _prisma_migrations where migration_name like '%_b' and rolled_back_at is null`
    expect(await database.query(rows)).toEqual([{ id: 'theirs' }])
  })
})
