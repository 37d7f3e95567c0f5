import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EffectsProject, effectsProject, type FormatName, queryOn, type Steps } from './support/effects-project.js'
import { holdLock, locks } from './support/holding.js'
import { type OwnServer, startOwnServer } from './support/own-server.js'
import { until, untilSaid } from './support/until.js'

let server: OwnServer
beforeAll(async () => {
  // A COMMIT that asks for it waits for a standby that never comes, with its transaction safely on disk.
  server = await startOwnServer(['synchronous_standby_names=nobody', 'synchronous_commit=local'])
})
afterAll(() => server?.remove())

let made = 0

/** A project on an empty database of the server. */
async function projectOf(steps: Steps, format: FormatName = 'sql'): Promise<EffectsProject & { url: string }> {
  const name = `gone_${++made}`
  await queryOn(server.url, `create database ${name}`)
  const url = server.url.replace(/\/postgres$/, `/${name}`)
  return { url, ...(await effectsProject(format, url, steps)) }
}

/** Waits until a session of the project's database is waiting so. */
const waitsFor = ({ query }: EffectsProject, event: string) =>
  until(async () => {
    const at = `select from pg_stat_activity where datname = current_database() and wait_event = '${event}'`
    return (await query(at)).length > 0
  })

const heartbeat = `select from pg_stat_activity where datname = current_database()
  and application_name = 'godwit heartbeat'`

const ways = [
  ['a fast shutdown', 'stop'],
  ['kill -9 of the postmaster', 'kill'],
  ['a crash of another session', 'crash'],
] as const

describe.each(ways)('%s, and the server comes back', (_, way) => {
  const goneAndBack = async () => {
    await server[way]()
    await server.start()
  }

  test('in the middle of a transaction: nothing of it is left, the run says so, and the next one goes on', async () => {
    const project = await projectOf({ m1: '', m2: 'select pg_sleep(600)', m3: '' })
    const running = project.start('up')
    // The connection that is lost must not be the last thing that keeps the process.
    await until(async () => (await project.query(heartbeat)).length > 0)
    await goneAndBack()
    const { code, stdout, stderr } = await running.ended
    expect(stderr).toMatch(/GODWIT_CONNECTION_LOST: .* Nothing of it is left\./)
    expect(stderr).toContain('Applied and kept: 1_m1. Pending: 2_m2, 3_m3.')
    expect(stdout).toMatch(/✗ 2_m2 +undone, nothing of it is left/)
    expect(code).toBe(8)
    expect(await project.effects()).toEqual(['m1'])
    expect(await project.history()).toEqual(['1_m1'])
    project.rewrite('m2', '')
    expect(await project.up()).toMatchObject({ code: 0 })
    expect(await project.effects()).toEqual(['m1', 'm2', 'm3'])
    expect(await project.history()).toEqual(['1_m1', '2_m2', '3_m3'])
  })

  test('outside of a transaction: the next run goes on behind what is done', async () => {
    const rest = 'create table rest ()'
    const project = await projectOf({ m1: '', m2: `-- godwit: transaction=none\nselect pg_sleep(600);\n${rest}` })
    const running = project.start('up')
    await waitsFor(project, 'PgSleep')
    await goneAndBack()
    const { code, stderr } = await running.ended
    expect(stderr).toMatch(/GODWIT_CONNECTION_LOST: .* a part of it is done/)
    expect(code).toBe(8)
    expect(await project.effects()).toEqual(['m1', 'm2'])
    expect(await project.history()).toEqual(['1_m1'])
    project.rewrite('m2', `-- godwit: transaction=none\nselect pg_sleep(0);\n${rest}`)
    expect(await project.up()).toMatchObject({ code: 0 })
    expect(await project.effects()).toEqual(['m1', 'm2'])
    expect(await project.query(`select to_regclass('rest')::text as rest`)).toEqual([{ rest: 'rest' }])
    expect(await project.history()).toEqual(['1_m1', '2_m2'])
  })

  test.each(['sql', 'typeorm'] as const)(
    'in the middle of a COMMIT, %s: the run reads that it was done, and goes on by itself',
    async (format) => {
      const project = await projectOf({ m1: '', m2: 'set local synchronous_commit = on', m3: '' }, format)
      const running = project.start('up', '--json')
      await waitsFor(project, 'SyncRep')
      await goneAndBack()
      const { code, stdout } = await running.ended
      expect(JSON.parse(stdout)).toMatchObject({
        steps: [{ outcome: 'done' }, { outcome: 'done' }, { outcome: 'done' }],
        remaining: [],
      })
      expect(code).toBe(0)
      expect(await project.effects()).toEqual(['m1', 'm2', 'm3'])
      expect(await project.history()).toHaveLength(3)
    },
  )
})

describe('who waits for the lock is told, with exit code 8,', () => {
  const nothingDone = async (project: EffectsProject): Promise<void> => {
    expect(await project.effects()).toEqual([])
    expect(await project.history()).toEqual([])
  }

  test.each(ways)('of %s', async (_, way) => {
    const project = await projectOf({ m1: '' })
    await holdLock(project.url, locks.godwit, 'gate')
    const waiter = project.start('up')
    await untilSaid(waiter, 'waiting for the lock: held by gate')
    await server[way]()
    const { code, stderr } = await waiter.ended
    await server.start()
    expect(stderr).toMatch(/GODWIT_CONNECTION_BROKEN: The connection to \S+ broke: /)
    expect(code).toBe(8)
    await nothingDone(project)
    expect(await project.up()).toMatchObject({ code: 0 })
  })

  test.each(['its own lock', "the peer's"])('that its connection was cut, waiting for %s', async (whose) => {
    const project = await projectOf({ m1: '' }, 'node-pg-migrate')
    await holdLock(project.url, whose === 'its own lock' ? locks.godwit : locks.nodePgMigrate, 'gate')
    const waiter = project.start('up')
    await untilSaid(waiter, 'waiting for the lock: held by gate')
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'godwit (%'`
    expect(await project.query(cut)).toHaveLength(1)
    const { code, stderr } = await waiter.ended
    expect(stderr).toMatch(/GODWIT_CONNECTION_BROKEN: The connection to \S+ broke: /)
    expect(code).toBe(8)
    await nothingDone(project)
  })
})
