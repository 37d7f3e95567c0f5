import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createMongoDatabase, describeMongo } from '../../support/mongodb.js'
import { history, type MemoryMigration, openRunner } from './memory-project.js'

const RUNNER = { _id: 'runner' as never }

const slow: MemoryMigration = {
  up: async ({ db }) => {
    await db.collection('ran').insertOne({ name: 'slow' })
    await sleep(1_500)
  },
}

describeMongo('the lease on MongoDB', () => {
  test('of ten starters at once each migration is run by one, and all end well', async () => {
    const { url, db } = await createMongoDatabase()
    const migrations = Object.fromEntries(
      ['001', '002', '003'].map((name) => [name, { up: ({ db }) => db.collection('ran').insertOne({ name }) }]),
    ) as Record<string, MemoryMigration>
    const runners = await Promise.all(Array.from({ length: 10 }, () => openRunner(url, migrations)))
    const ended = await Promise.all(
      runners.map(async ({ up, target }) => {
        const report = await up()
        await target.close()
        return report
      }),
    )
    expect(ended.map(({ error }) => error)).toEqual(Array.from({ length: 10 }))
    expect(ended.flatMap(({ steps }) => steps.map(({ name }) => name)).sort()).toEqual(['001', '002', '003'])
    expect(await db.collection('ran').countDocuments()).toBe(3)
    expect(await db.collection('migrations').countDocuments()).toBe(3)
  })

  test('who waits is told who holds it; --wait over is exit code 6, and nothing was changed', async () => {
    const { url } = await createMongoDatabase()
    const first = await openRunner(url, { '001': slow })
    const running = first.up()
    await untilEvent(first.events, 'step-started')
    const second = await openRunner(url, { '001': slow }, { waitMs: 300 })
    await expect(second.up()).rejects.toMatchObject({ code: 'GODWIT_LOCKED', exitCode: 6 })
    expect(second.events).toContainEqual(
      expect.objectContaining({ type: 'waiting', holder: expect.stringMatching(/pid \d+, up/) }),
    )
    expect((await running).error).toBeUndefined()
  })

  test('one whose owner died is taken over when its heartbeat stood still for 15 s, by no clock but our own', async () => {
    const { url, db } = await createMongoDatabase()
    // Of an owner whose clock is years ahead.
    const dead = { owner: 'deploy@web-1/311', command: 'up', version: '0', fence: 7, beat: 3, at: '001' }
    await db.collection('godwit_lease').insertOne({ ...RUNNER, ...dead, acquiredAt: new Date('2050-01-01') })
    const { up, events } = await openRunner(url, { '001': { up: async () => {} } })
    expect(await up()).toMatchObject({ steps: [{ name: '001', outcome: 'done' }] })
    expect(events).toContainEqual(expect.objectContaining({ holder: 'deploy@web-1 (pid 311, up), at 001' }))
    expect(await db.collection('godwit_lease').findOne(RUNNER)).toMatchObject({ fence: 8 })
  })

  test('one whose heartbeat goes on is not taken over', async () => {
    const { url, db } = await createMongoDatabase()
    const alive = { owner: 'deploy@web-1/311', command: 'up', version: '0', fence: 7, beat: 0, at: null }
    await db.collection('godwit_lease').insertOne({ ...RUNNER, ...alive, acquiredAt: new Date() })
    const beating = setInterval(
      () => void db.collection('godwit_lease').updateOne(RUNNER, { $inc: { beat: 1 } }),
      3_000,
    )
    const { up } = await openRunner(url, { '001': slow }, { waitMs: 18_000 })
    await expect(up()).rejects.toMatchObject({ code: 'GODWIT_LOCKED' })
    clearInterval(beating)
    expect(await db.collection('godwit_lease').findOne(RUNNER)).toMatchObject({ fence: 7 })
  })

  test('a runner whose lease was taken meanwhile writes no history', async () => {
    const { url, db } = await createMongoDatabase()
    const robbed: MemoryMigration = {
      up: ({ db }) =>
        db.collection('godwit_lease').updateOne(RUNNER, { $inc: { fence: 1 }, $set: { owner: 'another@host/1' } }),
    }
    const { up, states } = await openRunner(url, { '001': robbed, '002': slow })
    expect((await up()).error).toMatchObject({ code: 'GODWIT_LEASE_LOST', exitCode: 6 })
    expect(await db.collection('migrations').countDocuments()).toBe(0)
    expect(await db.collection('ran').countDocuments()).toBe(0)
    expect(await states()).toEqual(['001 failed', '002 pending'])
    expect(await db.collection('godwit_lease').findOne(RUNNER)).toMatchObject({ owner: 'another@host/1' })
  })

  test('a function that is at work when it is taken is told so, not that the connection was lost', async () => {
    const { url, db } = await createMongoDatabase()
    const robbed: MemoryMigration = {
      up: async (work) => {
        await db.collection('godwit_lease').updateOne(RUNNER, { $inc: { fence: 1 }, $set: { owner: 'another@host/1' } })
        for (let i = 0; i < 100; i++) {
          await work.db.collection('ran').insertOne({ i })
          await sleep(100)
        }
      },
    }
    const { up } = await openRunner(url, { '001': robbed })
    expect((await up()).error).toMatchObject({ code: 'GODWIT_LEASE_LOST', exitCode: 6, details: { left: 'part' } })
  })

  test('one whose numbers began anew goes on behind the last run', async () => {
    const { url, db } = await createMongoDatabase()
    const migrations: Record<string, MemoryMigration> = { '001': { up: async () => {} } }
    await (await openRunner(url, migrations)).up()
    await (await openRunner(url, migrations)).down()
    await db.collection('godwit_lease').updateOne(RUNNER, { $set: { fence: 1, owner: null } })
    expect((await (await openRunner(url, migrations)).up()).error).toBeUndefined()
    expect(await db.collection('godwit_lease').findOne(RUNNER)).toMatchObject({ fence: 3 })
  })

  test('whoever takes it makes the transactions of the owner before fail, ahead of its look at the history', async () => {
    const { url, db } = await createMongoDatabase()
    const { target } = await openRunner(url, {})
    await target.lock({ identity: { command: 'up', version: '0' }, waitMs: 0, onWait: () => {} })
    const lease = await db.collection('godwit_lease').findOne(RUNNER)
    expect(await db.collection('godwit_settings').findOne()).toEqual({ _id: 'fence', value: lease?.fence })
  })

  test('a thread renews it while the code of a migration lets nothing else run', async () => {
    const { url, db } = await createMongoDatabase()
    let beats: unknown
    const { up } = await openRunner(url, {
      '001-busy': {
        up: async ({ db }) => {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000)
          beats = await db.collection('godwit_lease').findOne(RUNNER)
        },
      },
    })
    await up()
    expect(beats).toMatchObject({ at: '001-busy' })
    expect((beats as { beat: number }).beat).toBeGreaterThan(1)
    expect(await db.collection('godwit_lease').findOne(RUNNER)).toMatchObject({ owner: null })
  })

  test('unlock shows the holder, and takes it from one that is named', async () => {
    const { url, db } = await createMongoDatabase()
    const held = { owner: 'deploy@web-1/311', command: 'up', version: '0', fence: 7, beat: 0, at: null }
    await db.collection('godwit_lease').insertOne({ ...RUNNER, ...held, acquiredAt: new Date() })
    const { target } = await openRunner(url, {})
    expect(await target.lockHolder()).toMatchObject({ owner: 'deploy@web-1', command: 'up', expired: false })
    await expect(target.unlock('somebody')).rejects.toMatchObject({ code: 'GODWIT_LOCK_OWNER' })
    expect(await target.unlock('deploy@web-1')).toMatchObject({ released: true })
    expect(await target.lockHolder()).toBeNull()
  })

  test("the lock of the format's own tool is waited for, written while we run, and given back", async () => {
    const { url, db } = await createMongoDatabase()
    const peerLock = { name: 'changelog_lock', ttlSeconds: 60 }
    await db.collection('changelog_lock').insertOne({ createdAt: new Date() })
    const migrations: Record<string, MemoryMigration> = { '001': { up: async () => {} } }
    const locked = await openRunner(url, migrations, { history: { ...history, peerLock }, waitMs: 200 })
    await expect(locked.up()).rejects.toMatchObject({ code: 'GODWIT_LOCKED' })
    expect(await locked.target.lockHolder()).toBeNull()
    await db.collection('changelog_lock').deleteMany({})
    let seen: unknown
    migrations['001'] = {
      up: async ({ db }) => {
        seen = await db.collection('changelog_lock').find().toArray()
      },
    }
    const free = await openRunner(url, migrations, { history: { ...history, peerLock } })
    await free.up()
    expect(seen).toEqual([{ _id: expect.anything(), createdAt: expect.any(Date), godwit: expect.any(String) }])
    await free.target.close()
    expect(await db.collection('changelog_lock').countDocuments()).toBe(0)
  })

  test('a run that was taken for dead leaves the document of its successor, whose name may be its own', async () => {
    const { url, db } = await createMongoDatabase()
    const options = { history: { ...history, peerLock: { name: 'changelog_lock', ttlSeconds: 60 } } }
    const [dead, successor] = await Promise.all([1, 2].map(() => openRunner(url, {}, options)))
    const lock = { identity: { command: 'up', version: '0' }, waitMs: 0, onWait: () => {} }
    await dead?.target.lock(lock)
    const holder = await successor?.target.lockHolder()
    await successor?.target.unlock(holder?.owner)
    await successor?.target.lock(lock)
    await dead?.target.close()
    expect(await db.collection('changelog_lock').countDocuments()).toBe(1)
    await successor?.target.close()
    expect(await db.collection('changelog_lock').countDocuments()).toBe(0)
  })

  test("the wait is one for the lease and for the lock of the format's own tool", async () => {
    const { url, db } = await createMongoDatabase()
    const held = { owner: 'deploy@web-1/311', command: 'up', version: '0', fence: 7, beat: 0, at: null }
    await db.collection('godwit_lease').insertOne({ ...RUNNER, ...held, acquiredAt: new Date() })
    await db.collection('changelog_lock').insertOne({ createdAt: new Date() })
    const options = { history: { ...history, peerLock: { name: 'changelog_lock', ttlSeconds: 60 } }, waitMs: 2_000 }
    const { up, events } = await openRunner(url, { '001': slow }, options)
    const running = up().catch((error: unknown) => error)
    await sleep(1_200)
    await db.collection('godwit_lease').updateOne(RUNNER, { $set: { owner: null } })
    expect(await running).toMatchObject({ code: 'GODWIT_LOCKED' })
    const waits = events.flatMap((event) => (event.type === 'waiting' ? [event] : []))
    expect(new Set(waits.map(({ holder }) => holder)).size).toBe(2)
    const waited = waits.map(({ waitedMs }) => waitedMs)
    expect(waited).toEqual(waited.toSorted((a, b) => a - b))
  })

  test("who waits for the lock of the format's own tool keeps the lease as long as that takes", async () => {
    const { url, db } = await createMongoDatabase()
    const theirs = db.collection('changelog_lock')
    await theirs.insertOne({ createdAt: new Date() })
    const options = { history: { ...history, peerLock: { name: 'changelog_lock', ttlSeconds: 60 } } }
    const migrations: Record<string, MemoryMigration> = { '001': { up: async () => {} } }
    const runners = await Promise.all([1, 2].map(() => openRunner(url, migrations, options)))
    const running = Promise.all(runners.map(({ up }) => up().catch((error: unknown) => ({ error, steps: [] }))))
    await sleep(18_000)
    await theirs.deleteMany({ godwit: { $exists: false } })
    const ended = await running
    expect(ended.map(({ error }) => error)).toEqual([undefined, undefined])
    expect(ended.flatMap(({ steps }) => steps)).toHaveLength(1)
  })
})

async function untilEvent(events: readonly { type: string }[], type: string): Promise<void> {
  while (!events.some((event) => event.type === type)) await sleep(20)
}
