import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { start } from '../cli/run-cli.js'
import { prismaProject } from '../contract/databases/waiting/format-project.js'
import { sqlProject } from '../contract/sql-project.js'
import { createDatabase } from '../support/database.js'
import { hasPgBouncer, type Pooler, startPooler } from '../support/pooler.js'

if (!hasPgBouncer) console.warn('PgBouncer is not installed: what holds behind a transaction pooler is not tried.')

describe.runIf(hasPgBouncer)('behind PgBouncer in transaction mode', () => {
  let pooler: Pooler
  beforeAll(async () => {
    pooler = await startPooler(inject('servers').pg18)
  })
  afterAll(() => pooler?.stop())

  async function pooled(files: Record<string, string>) {
    const direct = await createDatabase(18)
    return { direct, ...(await sqlProject({ url: pooler.through(direct.url) }, files)) }
  }

  test('migrations are applied, undone and listed', async () => {
    const { project, states, direct } = await pooled({
      '1_a.sql': 'create table a (id int);\ninsert into a values (1)',
      '1_a.down.sql': 'drop table a',
      '2_b.sql': 'set search_path to other, public;\nset role pg_monitor;\nreset role;\ncreate table b ()',
    })
    expect((await project.up()).error).toBeUndefined()
    expect(await states()).toEqual(['1_a applied', '2_b applied'])
    expect(await direct.query('select count(*)::int as n from a')).toEqual([{ n: 1 }])
    expect((await project.down({ only: '1_a' })).error).toBeUndefined()
    expect(await states()).toEqual(['1_a out-of-order', '2_b applied'])
  })

  test('what a migration sets is gone from the sessions that others get', async () => {
    const { project, direct } = await pooled({ '1_a.sql': "set search_path to nowhere;\nset statement_timeout = '7s'" })
    await project.up()
    const client = new pg.Client({ connectionString: pooler.through(direct.url) })
    await client.connect()
    onTestFinished(() => client.end())
    for (const [setting, value] of [
      ['search_path', '"$user", public'],
      ['statement_timeout', '0'],
      ['lock_timeout', '0'],
    ]) {
      const { rows } = await client.query(`show ${setting}`)
      expect(rows).toEqual([{ [setting as string]: value }])
    }
  })

  test('a function works in its transaction; that the peer is not kept out between two is said', async () => {
    const { direct, folder, warnings, again } = await pooled({})
    writeFileSync(`${folder}/godwit.config.json`, '{ "format": "node-pg-migrate", "migrations": "migrations" }')
    const up =
      "exports.up = async (pgm) => { await pgm.db.query('create table a (id int)'); pgm.sql('insert into a values (1)') }"
    writeFileSync(`${folder}/migrations/1_a.cjs`, `${up}\nexports.down = (pgm) => pgm.dropTable('a')`)
    expect((await (await again()).up()).error).toBeUndefined()
    expect(await direct.query('select id from a')).toEqual([{ id: 1 }])
    expect(warnings().join()).toContain('transaction pooler')
    expect((await (await again()).down()).error).toBeUndefined()
    expect(await direct.query("select to_regclass('a') as a")).toEqual([{ a: null }])
  })

  test('the lock holds without a session: of three starters each migration is run by one', async () => {
    const files: Record<string, string> = { '0_effects.sql': 'create table effects (name text)' }
    for (let n = 1; n <= 5; n++) files[`${n}_m.sql`] = `insert into effects values ('${n}');\nselect pg_sleep(0.2)`
    const { project, again, direct } = await pooled(files)
    const reports = await Promise.all([project, await again(), await again()].map((each) => each.up()))
    expect(reports.map((report) => report.error)).toEqual([undefined, undefined, undefined])
    expect(reports.flatMap((report) => report.steps)).toHaveLength(6)
    expect(await direct.query('select count(*)::int as n, count(distinct name)::int as d from effects')).toEqual([
      { n: 5, d: 5 },
    ])
  })

  test('a direct runner waits for one behind the pooler, and the other way round', async () => {
    const slow = {
      '0_t.sql': 'create table effects (name text)',
      '1_m.sql': "insert into effects values ('1');\nselect pg_sleep(1)",
    }
    for (const directFirst of [true, false]) {
      const { project, again, direct } = await pooled(slow)
      const other = await again({ databaseUrl: direct.url })
      const [first, second] = directFirst ? [other, project] : [project, other]
      const running = first.up()
      await sleep(400)
      const waited = await second.up()
      expect(waited.error).toBeUndefined()
      expect((await running).error).toBeUndefined()
      expect(await direct.query('select name from effects')).toEqual([{ name: '1' }])
    }
  })

  test('a lease that ran out while the migrations were loaded: what another did meanwhile is not done again', async () => {
    const { direct, folder, again } = await pooled({})
    const put = (name: string, text: string) => writeFileSync(`${folder}/${name}`, text)
    put('godwit.config.json', '{ "format": "node-pg-migrate", "migrations": "migrations" }')
    put('migrations/0_a.cjs', "exports.up = (pgm) => pgm.sql('create table a (id int)')")
    await (await again()).up()
    const block = 'if (process.env.SLOW) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000)'
    put('migrations/1_b.cjs', `${block}\nexports.up = (pgm) => pgm.sql('insert into a values (1)')`)
    const slow = start(folder, { SLOW: '1' }, ['up', '--database-url', pooler.through(direct.url)])
    const lease = 'select owner from godwit.lease where owner is not null'
    while ((await direct.query(lease)).length === 0) await sleep(50)
    await direct.query("update godwit.lease set expires_at = clock_timestamp() - interval '1 second'")
    expect((await (await again()).up()).steps).toMatchObject([{ name: '1_b', outcome: 'done' }])
    expect(await slow.ended).toMatchObject({ code: 0 })
    expect(await direct.query('select id from a')).toEqual([{ id: 1 }])
    expect(await direct.query('select name from pgmigrations')).toHaveLength(2)
  })

  test('a pooled lease that ran out, whose owner commits while a direct runner loads: that is not done again', async () => {
    const { direct, folder, again } = await pooled({})
    const put = (name: string, text: string) => writeFileSync(`${folder}/${name}`, text)
    put('godwit.config.json', '{ "format": "node-pg-migrate", "migrations": "migrations" }')
    put('migrations/0_a.cjs', "exports.up = (pgm) => pgm.sql('create table a (id int)')")
    await (await again()).up()
    const block = 'if (process.env.SLOW) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000)'
    put('migrations/1_b.cjs', `${block}\nexports.up = (pgm) => pgm.sql('insert into a values (1)')`)
    // As one whose heartbeat does not come through: its last transaction is still at work.
    const other = new pg.Client({ connectionString: direct.url })
    await other.connect()
    onTestFinished(() => other.end())
    await other.query(`update godwit.lease set fence = fence + 1, owner = 'a@b/1', command = 'up', pooled = true,
      acquired_at = now(), expires_at = clock_timestamp() - interval '1 second'`)
    await other.query('begin; select from godwit.lease for key share; insert into a values (1)')
    const slow = start(folder, { SLOW: '1' }, ['up', '--database-url', direct.url])
    const locks = `select from pg_locks where locktype = 'advisory' and granted
      and database = (select oid from pg_database where datname = current_database())`
    while ((await direct.query(locks)).length === 0) await sleep(50)
    await sleep(1_000)
    await other.query("insert into pgmigrations (name, run_on) values ('1_b', now()); commit")
    expect(await slow.ended).toMatchObject({ code: 0 })
    expect(await direct.query('select id from a')).toEqual([{ id: 1 }])
    expect(await direct.query('select name from pgmigrations')).toHaveLength(2)
  })

  test('a reset whose lease was taken while somebody was asked drops nothing', async () => {
    const { project, again, direct } = await pooled({ '1_a.sql': 'create table a (id int);\ninsert into a values (1)' })
    await project.up()
    const ask = async () => {
      await direct.query('update godwit.lease set fence = fence + 1')
      return true
    }
    await expect((await again({ wait: '1s' })).reset({ drop: true, ask })).rejects.toMatchObject({
      code: 'GODWIT_LEASE_LOST',
    })
    expect(await direct.query('select id from a')).toEqual([{ id: 1 }])
  })

  test('the schema of a Prisma URL holds without a startup option, which a pooler refuses or passes by', async () => {
    const direct = await createDatabase(18)
    await direct.query('create schema shop')
    const url = `${pooler.through(direct.url)}?pgbouncer=true&schema=shop`
    const { project } = await prismaProject({ url }, 'create table made ()')
    expect((await project.up()).error).toBeUndefined()
    const tables =
      "select schemaname || '.' || tablename as t from pg_tables where schemaname in ('public', 'shop') order by 1"
    expect(await direct.query(tables)).toEqual([{ t: 'shop._prisma_migrations' }, { t: 'shop.made' }])
  })

  test('a script that must be split and sets something for its session is refused: it would stay for others', async () => {
    const { project, states, direct } = await pooled({
      '0_e.sql': "create schema other; create type other.e as enum ('a')",
      '1_a.sql':
        "set search_path to other;\nalter type e add value 'b';\ncreate table t as select 'b'::e as x;\nselect 1",
    })
    expect((await project.up()).error).toMatchObject({
      code: 'GODWIT_POOLER_NEEDS_DIRECT',
      details: { left: 'nothing' },
    })
    const client = new pg.Client({ connectionString: pooler.through(direct.url) })
    await client.connect()
    onTestFinished(() => client.end())
    expect((await client.query('show search_path')).rows).toEqual([{ search_path: '"$user", public' }])
    expect(await states()).toEqual(['0_e applied', '1_a pending'])
  })

  test('what was begun outside of one transaction is not gone on with, whatever its header says now', async () => {
    const { project, put, again, direct } = await pooled({})
    put('1_a.sql', '-- godwit: transaction=none\ncreate table a ();\nselect nope')
    await (await again({ databaseUrl: direct.url })).up()
    put('1_a.sql', 'create table a ();\nselect 1')
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_POOLER_NEEDS_DIRECT' })
  })

  test('what needs a session is refused before anything is run', async () => {
    const { project, states } = await pooled({
      '1_a.sql': 'create table a (id int)',
      '2_b.sql': 'create index concurrently i on a (id)',
    })
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_POOLER_NEEDS_DIRECT', exitCode: 5 })
    expect(await states()).toEqual(['1_a pending', '2_b pending'])
  })

  test.each([
    ['pgm.noTransaction(); pgm.createIndex("a", "id", { concurrently: true })', 'CREATE INDEX'],
    ['pgm.sql("begin; insert into a values (1); commit")', 'transactions of its own'],
  ])('what a builder collected and needs a session is refused: %s', async (collects, why) => {
    const { direct, folder, again } = await pooled({})
    await direct.query('create table a (id int)')
    writeFileSync(`${folder}/godwit.config.json`, '{ "format": "node-pg-migrate", "migrations": "migrations" }')
    writeFileSync(`${folder}/migrations/1_a.cjs`, `exports.up = (pgm) => { ${collects} }`)
    const { error } = await (await again()).up()
    expect(error).toMatchObject({ code: 'GODWIT_POOLER_NEEDS_DIRECT', details: { left: 'nothing' } })
    expect(error?.message).toContain(why)
    expect(await direct.query(`select indexrelid from pg_index where indrelid = 'a'::regclass`)).toEqual([])
    expect(await direct.query('select id from a')).toEqual([])
    expect((await (await again({ databaseUrl: direct.url })).up()).error).toBeUndefined()
  })

  test('an enum value that is used at once is split; with settings of the session that is refused, and nothing is left', async () => {
    const use = "alter type mood add value 'calm';\ninsert into moods values ('calm')"
    const files = { '1_t.sql': "create type mood as enum ('x');\ncreate table moods (mood mood)" }
    const { project, put, states, direct } = await pooled({
      ...files,
      '2_add.sql': `set statement_timeout = '9s';\n${use}`,
    })
    const report = await project.up()
    expect(report.error).toMatchObject({ code: 'GODWIT_POOLER_NEEDS_DIRECT' })
    expect(await states()).toEqual(['1_t applied', '2_add pending'])
    put('2_add.sql', use)
    expect((await project.up()).error).toBeUndefined()
    expect(await direct.query('select mood from moods')).toEqual([{ mood: 'calm' }])
  })
})
