import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { start } from '../cli/run-cli.js'
import { sqlProject } from '../contract/sql-project.js'
import { createDatabase, type TestDatabase } from '../support/database.js'
import { hasPgBouncer, type Pooler, startPooler } from '../support/pooler.js'

const effects: Record<string, string> = { '0_effects.sql': 'create table effects (name text)' }
for (let n = 1; n <= 4; n++) effects[`${n}_m.sql`] = `insert into effects values ('${n}');\nselect pg_sleep(1)`

interface LeaseRow {
  fence: string
  owner: string | null
  at: string | null
  left: number
}

const LEASE = `select fence, owner, at, extract(epoch from expires_at - clock_timestamp())::float8 as left from godwit.lease`

async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check().catch(() => false))) await sleep(50)
}

const count = async (target: TestDatabase): Promise<number> =>
  Number((await target.query<{ n: number }>('select count(*)::int as n from effects'))[0]?.n)

describe('the lease', () => {
  test('it is taken for a run, counts its owners, and is given back', async () => {
    const target = await createDatabase()
    const { project, put } = await sqlProject(target, { '1_a.sql': 'create table a ()' })
    await project.up()
    expect(await target.query(LEASE)).toMatchObject([{ fence: '1', owner: null }])
    put('2_b.sql', 'create table b ()')
    await project.up()
    // Nothing to do: nobody takes anything.
    await project.up()
    expect(await target.query(LEASE)).toMatchObject([{ fence: '2', owner: null }])
  })

  test('a row that is gone, as behind a restore without data, is made anew', async () => {
    const target = await createDatabase()
    const { project, put } = await sqlProject(target, { '1_a.sql': 'create table a ()' }, { wait: '2s' })
    await project.up()
    await target.query('delete from godwit.lease')
    put('2_b.sql', 'create table b ()')
    expect((await project.up()).error).toBeUndefined()
    expect(await target.query(LEASE)).toMatchObject([{ fence: '1', owner: null }])
  })

  test('a question that fails for another reason than its answer does not say that the lease was lost', async () => {
    const target = await createDatabase()
    const { project, put, states } = await sqlProject(target, { '1_a.sql': 'create table a ()' })
    await project.up()
    put('2_b.sql', 'create table b ();\ndrop schema godwit cascade;\ncreate schema godwit')
    put('3_c.sql', 'create table c ()')
    const { error } = await project.up()
    expect(error?.code).not.toBe('GODWIT_LEASE_LOST')
    expect(error?.exitCode).toBe(7)
    expect(await states()).toContain('3_c pending')
  })

  test('it is renewed while the code of a migration lets nothing else run, and says at which migration', async () => {
    const target = await createDatabase()
    const { folder } = await sqlProject(target, {})
    const block = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 8_000)'
    const put = (await import('node:fs')).writeFileSync
    put(`${folder}/godwit.config.json`, '{ "format": "node-pg-migrate", "migrations": "migrations" }')
    put(`${folder}/migrations/1_busy.cjs`, `exports.up = async (pgm) => { await pgm.db.query('select 1'); ${block} }`)
    const run = start(folder, {}, ['up', '--database-url', target.url])
    await until(async () => (await target.query<LeaseRow>(LEASE))[0]?.owner != null)
    let seen: LeaseRow | undefined
    await until(async () => {
      seen = (await target.query<LeaseRow>(LEASE))[0]
      return seen?.at !== null
    })
    expect(seen).toMatchObject({ fence: '1', at: '1_busy' })
    expect(seen?.left).toBeGreaterThan(12)
    expect(await run.ended).toMatchObject({ code: 0 })
  })

  test('a killed runner is followed as soon as the server is done with it, long before its lease ends', async () => {
    const target = await createDatabase()
    const { folder, again } = await sqlProject(target, effects)
    const killed = start(folder, {}, ['up', '--database-url', target.url])
    await until(async () => (await count(target)) === 1)
    killed.child.kill('SIGKILL')
    const report = await (await again({ wait: '8s' })).up()
    expect(report.error).toBeUndefined()
    expect(await count(target)).toBe(4)
    expect(await target.query('select name from godwit_migrations')).toHaveLength(5)
  })

  test('a runner that is frozen past its lease loses its session; thawed, it commits nothing', async () => {
    const target = await createDatabase()
    const { folder, again } = await sqlProject(target, effects)
    const frozen = start(folder, {}, ['up', '--database-url', target.url])
    await until(async () => (await count(target)) === 1)
    frozen.child.kill('SIGSTOP')
    const report = await (await again()).up()
    expect(report.error).toBeUndefined()
    expect(report.steps.map((step) => step.name)).toEqual(['2_m', '3_m', '4_m'].slice(3 - report.steps.length))
    frozen.child.kill('SIGCONT')
    expect(await frozen.ended).toMatchObject({ code: 0 })
    expect(await count(target)).toBe(4)
    expect(await target.query('select name from godwit_migrations order by name')).toHaveLength(5)
  })
})

describe.runIf(hasPgBouncer)('the lease behind PgBouncer', () => {
  let pooler: Pooler
  beforeAll(async () => {
    pooler = await startPooler(inject('servers').pg18)
  })
  afterAll(() => pooler?.stop())

  test('a runner that is frozen past its lease commits nothing more, and says so', async () => {
    const target = await createDatabase()
    const url = pooler.through(target.url)
    const { folder, again } = await sqlProject({ url }, effects)
    const frozen = start(folder, {}, ['up', '--database-url', url])
    await until(async () => (await count(target)) === 1)
    frozen.child.kill('SIGSTOP')
    const report = await (await again()).up()
    expect(report.error).toBeUndefined()
    frozen.child.kill('SIGCONT')
    const { code, stderr } = await frozen.ended
    expect(stderr).toContain('GODWIT_LEASE_LOST')
    expect(code).toBe(6)
    expect(await count(target)).toBe(4)
    expect(await target.query('select name from godwit_migrations order by name')).toHaveLength(5)
  })

  test('a killed runner is waited for until its lease ends', async () => {
    const target = await createDatabase()
    const url = pooler.through(target.url)
    const { folder, again } = await sqlProject({ url }, effects)
    const killed = start(folder, {}, ['up', '--database-url', url])
    await until(async () => (await count(target)) === 1)
    killed.child.kill('SIGKILL')
    await expect((await again({ wait: '1s' })).up()).rejects.toMatchObject({
      code: 'GODWIT_LOCKED',
      message: expect.stringMatching(/\S+@\S+ \(pid \d+, up\), \d+ s.*through a pooler/),
    })
    expect((await (await again()).up()).error).toBeUndefined()
    expect(await count(target)).toBe(4)
    expect(await target.query('select name from godwit_migrations')).toHaveLength(5)
  })
})
