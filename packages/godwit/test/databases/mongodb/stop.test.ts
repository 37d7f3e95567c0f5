import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createMongoDatabase, describeMongo } from '../../support/mongodb.js'
import { type MemoryMigration, openRunner } from './memory-project.js'

describeMongo('a run on MongoDB that is stopped behind its grace', () => {
  test('closes what its function works with before it gives the lease back', async () => {
    const { url, db } = await createMongoDatabase()
    const stop = new AbortController()
    const leases = db.collection('godwit_lease')
    let atClose: unknown
    const endless: MemoryMigration = {
      up: async (work) => {
        const close = work.client.close.bind(work.client)
        work.client.close = async () => {
          await sleep(300)
          atClose ??= await leases.findOne()
          await close()
        }
        setTimeout(() => stop.abort('SIGINT'), 200)
        for (let n = 0; ; n++) await work.db.collection('ran').insertOne({ n })
      },
    }
    const { up, target } = await openRunner(url, { '001': endless }, { signal: stop.signal, graceMs: 100 })
    expect((await up()).error).toMatchObject({ code: 'GODWIT_INTERRUPTED', details: { left: 'part' } })
    await target.close()
    expect(atClose).toMatchObject({ owner: expect.any(String) })
    expect(await leases.findOne()).toMatchObject({ owner: null })
  })

  test('is recorded as stopped', async () => {
    const { url } = await createMongoDatabase()
    const stop = new AbortController()
    const endless: MemoryMigration = {
      up: async () => {
        setTimeout(() => stop.abort('SIGINT'), 200)
        await sleep(30_000, undefined, { ref: false })
      },
    }
    const migrations = { '001': endless }
    const { up, target } = await openRunner(url, migrations, { signal: stop.signal, graceMs: 100 })
    await up()
    await target.close()
    const after = await openRunner(url, migrations)
    expect(await after.states()).toEqual(['001 failed'])
    const error = 'it was stopped, and did not end by itself in time'
    expect(await after.target.log({ limit: 1 })).toMatchObject([
      { outcome: 'failed', steps: [{ outcome: 'open', error }] },
    ])
  })

  test('is not applied when its function says so behind that: what it sent last did not arrive', async () => {
    const { url, db } = await createMongoDatabase()
    const stop = new AbortController()
    const careless: MemoryMigration = {
      up: async (work) => {
        setTimeout(() => stop.abort('SIGINT'), 200)
        await sleep(500)
        await work.db
          .collection('ran')
          .insertOne({ n: 1 })
          .catch(() => {})
      },
    }
    const { up, target } = await openRunner(url, { '001': careless }, { signal: stop.signal, graceMs: 100 })
    expect((await up()).error).toMatchObject({ code: 'GODWIT_INTERRUPTED', details: { left: 'part' } })
    await target.close()
    expect(await db.collection('ran').countDocuments()).toBe(0)
    expect(await db.collection('migrations').countDocuments()).toBe(0)
  })
})
