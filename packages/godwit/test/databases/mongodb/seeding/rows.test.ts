import { type Db, Long, ObjectId } from 'mongodb'
import { expect, test } from 'vitest'
import { ref } from '../../../../src/seeds/definition.js'
import { createMongoDatabase, describeMongo } from '../../../support/mongodb.js'
import { openSeeder, type TestSeed } from './seeder.js'

const none = { inserted: 0, updated: 0, unchanged: 0, kept: 0 }

const users = (rows: object[], more: object = {}): TestSeed => ({
  place: 'users',
  key: ['email'],
  rows: rows as never,
  ...more,
})

async function withUsers() {
  const database = await createMongoDatabase()
  await database.db.collection('users').createIndex({ email: 1 }, { unique: true })
  return database
}

const all = (db: Db, name = 'users') => db.collection(name).find().sort({ _id: 1 }).toArray()

/** Everything that was written for good but for the lease and the run's own row. */
async function written(db: Db) {
  const names = ['users', 'godwit_seeds', 'godwit_seed_rows']
  return Promise.all(names.map((name) => all(db, name)))
}

describeMongo('rows of a seed on MongoDB', () => {
  test('are inserted, recorded, and a second run writes nothing', async () => {
    const { url, db } = await withUsers()
    const seeder = await openSeeder(url)
    const seed = users([
      { email: 'a@example.com', age: 3, tags: ['x'], home: { city: 'Bern' }, at: new Date(0) },
      { email: 'b@example.com', serial: Long.fromString('9007199254740993') },
    ])
    expect(await seeder.seed(seed)).toMatchObject({ seeds: [{ outcome: 'done', ...none, inserted: 2 }] })
    const [documents = [], seeds = [], parts = []] = await written(db)
    expect(documents).toMatchObject([
      {
        _id: expect.any(ObjectId),
        email: 'a@example.com',
        age: 3,
        tags: ['x'],
        home: { city: 'Bern' },
        at: new Date(0),
      },
      { email: 'b@example.com', serial: Long.fromString('9007199254740993') },
    ])
    expect(seeds).toMatchObject([{ name: 'users', outcome: 'done', inserted: 2, environment: 'test', hash: 'ts:1' }])
    expect(parts).toMatchObject([{ seed: 'users', place: 'users', ids: documents.map(({ _id }) => _id) }])

    const before = await written(db)
    const again = await (await openSeeder(url)).seed(seed)
    expect(again).toMatchObject({ seeds: [{ outcome: 'unchanged', ...none, unchanged: 2 }] })
    expect(await written(db)).toEqual(before)
  })

  test('that somebody edited are kept, unless the seed says update: then only what differs is set', async () => {
    const { url, db } = await withUsers()
    const seeder = await openSeeder(url)
    const rows = [
      { email: 'a@example.com', name: 'Ann', role: 'admin' },
      { email: 'b@example.com', name: 'Ben', role: 'agent' },
    ]
    await seeder.seed(users(rows))
    await db.collection('users').updateOne({ email: 'a@example.com' }, { $set: { name: 'Anna', phone: '1' } })
    const before = await written(db)
    expect(await seeder.seed(users(rows))).toMatchObject({ seeds: [{ ...none, kept: 1, unchanged: 1 }] })
    expect(await written(db)).toEqual(before)
    expect(await seeder.seed(users(rows, { onExisting: 'update' }))).toMatchObject({
      seeds: [{ outcome: 'done', ...none, updated: 1, unchanged: 1 }],
    })
    expect(await db.collection('users').findOne({ email: 'a@example.com' })).toMatchObject({
      name: 'Ann',
      role: 'admin',
      phone: '1',
    })
    const records = await all(db, 'godwit_seed_rows')
    expect(records).toHaveLength(1)
    expect(await seeder.store.history()).toMatchObject([
      { outcome: 'done', updated: 1, unchanged: 1, inserted: 0 },
      { outcome: 'done', inserted: 2 },
    ])
  })

  test('are the same when only the kind of a number or the missing field of the document differs', async () => {
    const { url, db } = await withUsers()
    const was = new Date(5)
    await db.collection('users').insertOne({
      email: 'a@example.com',
      n: Long.fromNumber(5),
      at: was,
      id: new ObjectId('0123456789abcdef01234567'),
      more: 1,
    })
    const seeder = await openSeeder(url)
    const row = { email: 'a@example.com', n: 5, at: was, id: new ObjectId('0123456789abcdef01234567'), x: undefined }
    expect(await seeder.seed(users([row]))).toMatchObject({ seeds: [{ ...none, unchanged: 1 }] })
    expect(await seeder.seed(users([{ ...row, gone: null }]))).toMatchObject({ seeds: [{ ...none, kept: 1 }] })
    expect(await seeder.seed(users([{ ...row, n: '5' }]))).toMatchObject({ seeds: [{ ...none, kept: 1 }] })
    const names = (await db.listCollections().toArray()).map(({ name }) => name)
    expect(names.filter((name) => name.includes('seed'))).toEqual([])
  })

  test('by _id fill a collection that is not there; by several fields and by a path one that has the index', async () => {
    const { url, db } = await createMongoDatabase()
    const seeder = await openSeeder(url)
    const plans: TestSeed = {
      place: 'plans',
      key: ['_id'],
      rows: [
        { _id: 'free', seats: 1 },
        { _id: 2, seats: 9 },
      ],
    }
    expect(await seeder.seed(plans)).toMatchObject({ seeds: [{ ...none, inserted: 2 }] })
    expect(await seeder.seed(plans)).toMatchObject({ seeds: [{ ...none, unchanged: 2 }] })
    await db.collection('places').createIndex({ country: 1, code: 1 }, { unique: true })
    const places: TestSeed = {
      place: 'places',
      key: ['code', 'country'],
      rows: [
        { country: 'CH', code: 'BE', n: 1 },
        { country: 'CH', code: 'ZH', n: 2 },
        { country: 'DE', code: 'BE', n: 3 },
      ],
    }
    expect(await seeder.seed(places)).toMatchObject({ seeds: [{ ...none, inserted: 3 }] })
    expect(await seeder.seed(places)).toMatchObject({ seeds: [{ ...none, unchanged: 3 }] })
    await db.collection('people').createIndex({ 'contact.email': 1 }, { unique: true, sparse: true })
    const people: TestSeed = {
      place: 'people',
      key: ['contact.email'],
      rows: [{ contact: { email: 'a@example.com' } }],
    }
    expect(await seeder.seed(people)).toMatchObject({ seeds: [{ ...none, inserted: 1 }] })
    expect(await seeder.seed(people)).toMatchObject({ seeds: [{ ...none, unchanged: 1 }] })
  })

  test('take the values of others by ref(), as the driver gives them', async () => {
    const { url, db } = await withUsers()
    await db.collection('campaigns').createIndex({ name: 1 }, { unique: true })
    const seeder = await openSeeder(url)
    const rows = Array.from({ length: 1_200 }, (_, n) => ({
      name: `c${n}`,
      by: ref('users', { email: `${n % 7}@example.com` }),
    }))
    const campaigns: TestSeed = { place: 'campaigns', key: ['name'], rows, after: ['users'] }
    const seven = users(Array.from({ length: 7 }, (_, n) => ({ email: `${n}@example.com` })))
    expect(await seeder.seed(campaigns, seven)).toMatchObject({
      seeds: [
        { name: 'users', inserted: 7 },
        { name: 'campaigns', inserted: 1_200 },
      ],
    })
    const owner = await db.collection('users').findOne({ email: '3@example.com' })
    expect(await db.collection('campaigns').findOne({ name: 'c1004' })).toMatchObject({ by: owner?._id })
    await db.collection<{ _id: string }>('teams').insertOne({ _id: 'made by a migration' })
    const team: TestSeed = {
      place: 'campaigns',
      key: ['name'],
      rows: [{ name: 't', team: ref('teams', { _id: 'made by a migration' }) }],
      after: ['teams'],
    }
    expect(await seeder.seed(team)).toMatchObject({ seeds: [{ inserted: 1 }] })
    const missing: TestSeed = {
      place: 'campaigns',
      key: ['name'],
      rows: [{ name: 'x', by: ref('users', { email: 'no' }) }],
    }
    const { error } = await seeder.seed(missing, seven)
    expect(error).toMatchObject({ code: 'GODWIT_SEED_ROW', message: expect.stringContaining("no row is ref('users'") })
  })

  test('a function puts rows there, reads them, and may ask for more than one at a time', async () => {
    const { url, db } = await withUsers()
    const seeder = await openSeeder(url)
    const counts: unknown[] = []
    const seed: TestSeed = {
      run: async ({ db, upsert, log }) => {
        counts.push(await upsert('users', ['email'], { email: 'a@example.com', n: 1 }))
        counts.push(await upsert('users', ['email'], [{ email: 'a@example.com', n: 1 }, { email: 'b@example.com' }]))
        counts.push(await upsert('users', ['email'], { email: 'a@example.com', n: 2 }, { onExisting: 'update' }))
        log(`${await db.collection('users').countDocuments()} users`)
      },
    }
    const { seeds, error } = await seeder.seed(seed)
    expect(error).toBeUndefined()
    expect(seeds).toMatchObject([{ inserted: 2, unchanged: 1, updated: 1 }])
    expect(counts).toMatchObject([
      { ...none, inserted: 1 },
      { ...none, inserted: 1, unchanged: 1 },
      { ...none, updated: 1 },
    ])
    expect(seeder.lines).toEqual(['2 users'])
    const parts = await all(db, 'godwit_seed_rows')
    expect(parts.map(({ ids }) => ids?.length)).toEqual([1, 1])
  })
})
