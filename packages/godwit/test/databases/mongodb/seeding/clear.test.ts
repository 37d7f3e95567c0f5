import { expect, test } from 'vitest'
import { createMongoDatabase, describeMongo } from '../../../support/mongodb.js'
import { history } from '../memory-project.js'
import { openSeeder, type TestSeed } from './seeder.js'

const plans: TestSeed = { place: 'plans', key: ['_id'], rows: [{ _id: 'free' }, { _id: 'pro' }] }
const users = (n: number): TestSeed => ({
  place: 'users',
  key: ['_id'],
  rows: Array.from({ length: n }, (_, _id) => ({ _id, name: `n${_id}` })),
})

async function seeded(n = 2_100) {
  const database = await createMongoDatabase()
  const { db, url } = database
  await db.collection<{ _id: number; name: string }>('users').insertMany([
    { _id: 7, name: 'was there before' },
    { _id: -1, name: 'no seed knows it' },
  ])
  const seeder = await openSeeder(url)
  await seeder.seed(plans, users(n))
  return { ...database, seeder }
}

describeMongo('a clear on MongoDB', () => {
  test('takes what seeds put there, also where it was edited, and nothing else', async () => {
    const { db, seeder } = await seeded()
    await db.collection<{ _id: number }>('users').updateOne({ _id: 1 }, { $set: { name: 'edited' } })
    await db.collection<{ _id: number }>('users').deleteOne({ _id: 2 })
    const { store, holding } = seeder
    const one = { seeds: ['users'] }
    const told = await store.forecastClear(one)
    expect(told).toEqual([{ place: 'users', rows: 2_098 }])
    expect(await holding(() => store.clear(one, told))).toEqual(told)
    expect(await db.collection('users').find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: -1, name: 'no seed knows it' },
      { _id: 7, name: 'was there before' },
    ])
    expect(await db.collection('plans').countDocuments()).toBe(2)
    expect(await store.forecastClear(one)).toEqual([])
    expect(await store.history()).toMatchObject([
      { name: 'users', outcome: 'cleared', deleted: 2_098, hash: 'ts:1', environment: 'test' },
      { name: 'users', outcome: 'done', inserted: 2_099, kept: 1, by: expect.stringContaining('@') },
      { name: 'plans', outcome: 'done', inserted: 2 },
    ])
    expect(await seeder.seed(users(3))).toMatchObject({ seeds: [{ inserted: 3 }] })
  })

  test('what a seed of that name put there for another project of the database stays', async () => {
    const { db, url, seeder } = await seeded(3)
    const other = await openSeeder(url, { history: 'other_migrations' })
    await other.seed({ name: 'users', place: 'members', key: ['_id'], rows: [{ _id: 1 }] })
    expect(await other.store.history()).toMatchObject([{ name: 'users', inserted: 1 }])
    const told = await other.store.forecastClear({ seeds: ['users', 'plans'] })
    expect(told).toEqual([{ place: 'members', rows: 1 }])
    await other.holding(() => other.store.clear({ seeds: ['users', 'plans'] }, told))
    expect(await db.collection('users').countDocuments()).toBe(5)
    expect(await seeder.store.forecastClear({ seeds: ['users'] })).toEqual([{ place: 'users', rows: 3 }])
  })

  test('of everything empties the collections of the project; histories, locks, records, indexes and validators stay', async () => {
    const { db, seeder } = await seeded(3)
    await db.collection('orders').createIndex({ number: 1 }, { unique: true })
    await db.collection('orders').insertMany([{ number: 1 }, { number: 2 }])
    await db.collection('migrations').insertOne({ name: '001-a' })
    await db.collection('older').insertOne({ name: 'x' })
    await db.collection<{ _id: number }>('godwit_steps').insertOne({ _id: 1, history: 'older' } as never)
    const { store, holding } = seeder
    const told = await store.forecastClear({ all: true })
    expect(told).toEqual([
      { place: 'orders', rows: 2 },
      { place: 'plans', rows: 2 },
      { place: 'users', rows: 5 },
    ])
    const taken = await holding(() => store.clear({ all: true }, told))
    expect(taken.toSorted((a, b) => (a.place < b.place ? -1 : 1))).toEqual(told)
    for (const name of ['migrations', 'older']) expect(await db.collection(name).countDocuments()).toBe(1)
    expect(await db.collection('godwit_seed_rows').countDocuments()).toBe(0)
    expect((await db.collection('orders').indexes()).map(({ name }) => name)).toContain('number_1')
    expect((await store.history()).filter(({ outcome }) => outcome === 'cleared')).toHaveLength(2)
    expect(await store.forecastClear({ all: true })).toEqual([])
  })

  test('takes nothing when there is more by now than was told', async () => {
    const { db, seeder } = await seeded(3)
    const { store, holding } = seeder
    const told = await store.forecastClear({ all: true })
    await db.collection('orders').insertOne({ a: 1 })
    await expect(holding(() => store.clear({ all: true }, told))).rejects.toMatchObject({
      code: 'GODWIT_SEED_CLEAR_CHANGED',
      message: expect.stringContaining('1 rows of orders, not 0'),
    })
    expect(await db.collection('users').countDocuments()).toBe(5)
    expect(await store.forecastClear({ seeds: ['users'] })).toEqual([{ place: 'users', rows: 3 }])
  })

  test('takes a seed that was left in the middle as well', async () => {
    const { url, db } = await createMongoDatabase()
    const half = {
      history: history.name,
      name: 'users',
      hash: 'ts:1',
      environment: 'test',
      run: 1,
      osUser: 'a',
      host: 'b',
      startedAt: new Date(),
    }
    const none = { inserted: 0, updated: 0, unchanged: 0, kept: 0, deleted: 0, finishedAt: null }
    await db
      .collection<{ _id: number }>('godwit_seeds')
      .insertOne({ _id: 4, outcome: 'open', ...half, ...none } as never)
    const part = { _id: 4_000_000, history: history.name, seed: 'users', place: 'users', ids: [1, 2, 3] }
    await db.collection<{ _id: number }>('godwit_seed_rows').insertOne(part)
    await db.collection<{ _id: number }>('users').insertMany([{ _id: 1 }, { _id: 2 }, { _id: 9 }])
    const { store, holding } = await openSeeder(url)
    const told = await store.forecastClear({ seeds: ['users'] })
    expect(told).toEqual([{ place: 'users', rows: 2 }])
    expect(await holding(() => store.clear({ seeds: ['users'] }, told))).toEqual(told)
    expect(await db.collection('users').find().toArray()).toEqual([{ _id: 9 }])
    expect(await store.history()).toMatchObject([{ outcome: 'failed' }])
  })
})
