import { expect, test } from 'vitest'
import { createDatabase } from '../support/database.js'
import { effectsProject } from './support/effects-project.js'
import { holdLock, locks } from './support/holding.js'
import { until, untilSaid } from './support/until.js'

const steps = { m1: '', m2: '' }
const applied = ['1700000000000_m1', '1700000000001_m2']

test("Prisma's lock is waited for, with a word on who holds it", async () => {
  const database = await createDatabase()
  const project = await effectsProject('prisma', database.url, steps)
  const prisma = await holdLock(database.url, locks.prisma, 'prisma')
  const godwit = project.start('up')
  await untilSaid(godwit, `waiting for the lock: held by prisma, backend ${prisma.pid}, connected for `)
  expect(await project.history()).toEqual([])
  await prisma.release()
  expect(await godwit.ended).toMatchObject({ code: 0 })
  expect(await project.effects()).toEqual(['m1', 'm2'])
  expect(await project.history()).toEqual(applied)
})

test('for no longer than --wait: exit code 6, and nothing is changed', async () => {
  const database = await createDatabase()
  const project = await effectsProject('prisma', database.url, steps)
  const prisma = await holdLock(database.url, locks.prisma, 'prisma')
  const { code, stderr } = await project.up('--wait', '1s')
  expect(code).toBe(6)
  expect(stderr).toContain(`GODWIT_LOCKED`)
  expect(stderr).toContain(`prisma, backend ${prisma.pid}`)
  expect(
    await project.query(`select relname from pg_class where relkind = 'r' and relnamespace::regnamespace::text not in
      ('pg_catalog', 'information_schema') union all select nspname from pg_namespace where nspname = 'godwit'`),
  ).toEqual([])
  // Nor is a lock of ours left that anybody would have to wait for.
  const held = `select objid from pg_locks where locktype = 'advisory' and pid <> ${prisma.pid}
    and database = (select oid from pg_database where datname = current_database())`
  expect(await project.query(held)).toEqual([])
})

test('while Godwit runs, nobody else has it; afterwards it is free', async () => {
  const database = await createDatabase()
  const project = await effectsProject('prisma', database.url, { ...steps, m2: 'select pg_sleep(2)' })
  const godwit = project.start('up')
  await until(
    async () =>
      (
        await project.query(`select from pg_stat_activity where datname = current_database()
    and wait_event = 'PgSleep'`)
      ).length > 0,
  )
  const tried = async () => (await project.query(`select pg_try_advisory_lock(${locks.prisma}) as taken`))[0]?.taken
  expect(await tried()).toBe(false)
  expect(await godwit.ended).toMatchObject({ code: 0 })
  expect(await tried()).toBe(true)
  expect(await project.history()).toEqual(applied)
})
