import { expect, test } from 'vitest'
import { createMongoDatabase, describeMongo, describeReplicaSet } from '../../support/mongodb.js'
import { type MemoryMigration, openRunner } from './memory-project.js'

const adding = (name: string): MemoryMigration => ({
  up: ({ db }) => db.collection('ran').insertOne({ name }),
  down: ({ db }) => db.collection('ran').deleteMany({ name }),
})

describeMongo('a run on MongoDB', () => {
  test('applies what is pending in order, records it as the format does, and undoes the last', async () => {
    const { url, db } = await createMongoDatabase()
    const { up, down, states } = await openRunner(url, { '001-a': adding('a'), '002-b': adding('b') })
    expect(await states()).toEqual(['001-a pending', '002-b pending'])
    expect(await up()).toMatchObject({ steps: [{ name: '001-a' }, { name: '002-b' }], remaining: [] })
    const recorded = await db.collection('migrations').find().toArray()
    expect(recorded.map(({ _id, ...rest }) => rest)).toEqual([
      { name: '001-a', appliedAt: expect.any(Date) },
      { name: '002-b', appliedAt: expect.any(Date) },
    ])
    expect(await down()).toMatchObject({ steps: [{ name: '002-b', direction: 'down' }], remaining: ['002-b'] })
    expect(await states()).toEqual(['001-a applied', '002-b pending'])
    expect(await db.collection('ran').find().toArray()).toMatchObject([{ name: 'a' }])
  })

  test('with nothing to do it writes nothing at all', async () => {
    const { url, db } = await createMongoDatabase()
    await (await openRunner(url, {})).up()
    expect(await db.listCollections().toArray()).toEqual([])
    await (await openRunner(url, { '001-a': adding('a') })).up()
    const before = await db.collection('godwit_lease').findOne()
    expect(await (await openRunner(url, { '001-a': adding('a') })).up()).toMatchObject({ steps: [] })
    expect(await db.collection('godwit_lease').findOne()).toEqual(before)
  })

  test('several documents of one migration are one, and the last counts', async () => {
    const { url, db } = await createMongoDatabase()
    const at = (minute: number) => new Date(Date.UTC(2024, 0, 1, 0, minute))
    await db.collection('migrations').insertMany([
      { name: '001-a', appliedAt: at(1) },
      { name: '002-b', appliedAt: at(2) },
      { name: '001-a', appliedAt: at(3) },
    ])
    const runner = await openRunner(url, { '001-a': adding('a'), '002-b': adding('b') })
    expect(await runner.states()).toEqual(['001-a applied', '002-b applied'])
    expect((await runner.down({ all: true })).steps.map(({ name }) => name)).toEqual(['001-a', '002-b'])
    expect(await db.collection('migrations').countDocuments()).toBe(0)
  })

  test('one that throws in the middle is failed, never run again silently; the ones before it stay', async () => {
    const { url, db } = await createMongoDatabase()
    const half: MemoryMigration = {
      up: async ({ db }) => {
        await db.collection('ran').insertOne({ name: 'half' })
        throw new Error('no such campaign')
      },
    }
    const migrations = { '001-a': adding('a'), '002-half': half, '003-c': adding('c') }
    const { error, remaining } = await (await openRunner(url, migrations)).up()
    expect(error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', exitCode: 7, details: { left: 'part' } })
    expect(error?.message).toContain('no such campaign')
    expect(error?.hint).toContain('godwit resolve 002-half --applied')
    expect(remaining).toEqual(['003-c'])
    const again = await openRunner(url, migrations)
    expect(await again.states()).toEqual(['001-a applied', '002-half failed', '003-c pending'])
    await expect(again.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED', exitCode: 5 })
    expect(await db.collection('ran').countDocuments()).toBe(2)
    expect(await db.collection('migrations').countDocuments()).toBe(1)
  })

  test('one that says it may be run twice is run again', async () => {
    const { url, db } = await createMongoDatabase()
    let calls = 0
    const migrations = {
      '001-again': {
        idempotent: true,
        up: async ({ db }) => {
          await db.collection('ran').updateOne({ name: 'x' }, { $set: { y: 1 } }, { upsert: true })
          if (++calls === 1) throw new Error('cut short')
        },
      } satisfies MemoryMigration,
    }
    expect((await (await openRunner(url, migrations)).up()).error?.hint).toContain('may be run again')
    const again = await openRunner(url, migrations)
    expect(await again.states()).toEqual(['001-again failed'])
    expect(await again.up()).toMatchObject({ steps: [{ name: '001-again', outcome: 'resumed' }], remaining: [] })
    expect(await again.states()).toEqual(['001-again applied'])
    expect(await db.collection('ran').countDocuments()).toBe(1)
    expect(await db.collection('godwit_steps').find().sort({ _id: 1 }).toArray()).toMatchObject([
      { outcome: 'resumed', error: 'cut short' },
      { outcome: 'done', mode: 'idempotent' },
    ])
  })

  test('one that does not say so any more is not gone on with', async () => {
    const { url } = await createMongoDatabase()
    let calls = 0
    const throwing = () => Promise.reject(new Error(`call ${++calls}`))
    const migrations: Record<string, MemoryMigration> = { '001-a': { idempotent: true, up: throwing } }
    await (await openRunner(url, migrations)).up()
    migrations['001-a'] = { idempotent: false, up: throwing, text: 'edited' }
    const again = await openRunner(url, migrations)
    await expect(again.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED', exitCode: 5 })
    expect(calls).toBe(1)
    expect(await again.states()).toEqual(['001-a failed'])
  })

  test('what was settled by hand is taken at its word', async () => {
    const { url, db } = await createMongoDatabase()
    const failing: MemoryMigration = { up: () => Promise.reject(new Error('no')) }
    const migrations = { '001-a': failing, '002-b': failing }
    await (await openRunner(url, migrations)).up()
    const { target, states } = await openRunner(url, migrations)
    await target.lock({ identity: { command: 'resolve', version: '0' }, waitMs: 0, onWait: () => {} })
    await target.begin(await target.look(), { command: 'resolve', version: '0' })
    await target.settle('001-a', undefined, 'applied', false)
    expect(await states()).toEqual(['001-a applied', '002-b pending'])
    await target.settle('001-a', undefined, 'rolled-back', true)
    expect(await states()).toEqual(['001-a pending', '002-b pending'])
    expect(await db.collection('migrations').countDocuments()).toBe(0)
  })

  test('an applied one that was changed since is edited; one that --only went past is no straggler', async () => {
    const { url } = await createMongoDatabase()
    const migrations: Record<string, MemoryMigration> = { '001-a': adding('a'), '002-b': adding('b') }
    const { up, states } = await openRunner(url, migrations)
    await up({ only: '002-b' })
    expect(await states()).toEqual(['001-a pending', '002-b applied'])
    migrations['002-b'] = { ...adding('b'), text: 'another' }
    expect(await states()).toEqual(['001-a pending', '002-b edited'])
    await expect(up()).rejects.toMatchObject({ code: 'GODWIT_EDITED' })
  })

  test('one that was passed over, applied and undone is as it was before: up applies it again', async () => {
    const { url } = await createMongoDatabase()
    const migrations = { '001-a': adding('a'), '002-b': adding('b'), '003-c': adding('c') }
    const { up, down, states } = await openRunner(url, migrations)
    await up({ only: '003-c' })
    await up()
    await down()
    expect(await states()).toEqual(['001-a applied', '002-b pending', '003-c applied'])
    expect(await up()).toMatchObject({ steps: [{ name: '002-b' }], remaining: [] })
  })

  test('what a migration logs is told as it comes', async () => {
    const { url } = await createMongoDatabase()
    const { up, events } = await openRunner(url, {
      '001-a': { up: async ({ log }) => void [1, 2].map((n) => log(`${n} of 2`)) },
    })
    await up()
    expect(events.filter((event) => event.type === 'log')).toEqual([
      { type: 'log', name: '001-a', message: '1 of 2' },
      { type: 'log', name: '001-a', message: '2 of 2' },
    ])
  })

  test('the log tells runs and steps; the production mark is kept; a reset drops what was listed', async () => {
    const { url, db } = await createMongoDatabase()
    const { up, target } = await openRunner(url, { '001-a': adding('a') })
    await up()
    expect(await target.log({ limit: 5 })).toMatchObject([
      { command: 'up', outcome: 'done', steps: [{ name: '001-a', outcome: 'done', mode: 'none' }] },
    ])
    await target.protect(true)
    expect((await target.look()).production).toBe(true)
    await target.protect(false)
    expect((await target.look()).production).toBe(false)
    const listed = await target.droppable()
    expect(listed).toEqual(['collection migrations', 'collection ran'])
    await target.drop(listed)
    expect(await target.droppable()).toEqual([])
    expect((await target.look()).rows).toEqual([])
    expect(await db.collection('godwit_runs').countDocuments()).toBe(1)
  })

  test('a transaction on a server that has none is refused before anything is run', async () => {
    const { url, db } = await createMongoDatabase()
    const { target, up } = await openRunner(url, {
      '001-a': adding('a'),
      '002-b': { ...adding('b'), transaction: true },
    })
    const known = (target as unknown as { server: { version: string } }).server.version
    expect(known).toMatch(/^MongoDB \d/)
    const refused = await up().catch((error: unknown) => error)
    if ((refused as { code?: string }).code === undefined) return
    expect(refused).toMatchObject({ code: 'GODWIT_NO_TRANSACTIONS', exitCode: 5 })
    expect(await db.collection('ran').countDocuments()).toBe(0)
  })
})

describeReplicaSet('a transaction on MongoDB', () => {
  const inSession = (name: string, fail = false): MemoryMigration => ({
    transaction: true,
    up: async ({ db, session }) => {
      await db.collection('ran').insertOne({ name }, { ...(session === undefined ? {} : { session }) })
      if (fail) throw new Error('no')
    },
  })

  test('it and its history are there together, or not at all', async () => {
    const { url, db } = await createMongoDatabase()
    await db.createCollection('ran')
    const runner = await openRunner(url, { '001-a': inSession('a'), '002-b': inSession('b', true) })
    expect((await runner.up()).error).toMatchObject({ details: { left: 'nothing' } })
    expect(await runner.states()).toEqual(['001-a applied', '002-b pending'])
    expect(await db.collection('ran').find().toArray()).toMatchObject([{ name: 'a' }])
  })

  test('whoever takes the lease meanwhile makes it fail', async () => {
    const { url, db } = await createMongoDatabase()
    await db.createCollection('ran')
    const stolen: MemoryMigration = {
      ...inSession('a'),
      up: async (work) => {
        await inSession('a').up(work)
        await db.collection<{ _id: string }>('godwit_settings').updateOne({ _id: 'fence' }, { $set: { value: 99 } })
      },
    }
    const runner = await openRunner(url, { '001-a': stolen })
    expect((await runner.up()).error?.code).toMatch(/GODWIT_LEASE_LOST|GODWIT_STATEMENT_FAILED/)
    expect(await db.collection('ran').countDocuments()).toBe(0)
    expect(await db.collection('migrations').countDocuments()).toBe(0)
  })
})
