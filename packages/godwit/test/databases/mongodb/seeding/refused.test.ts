import type { Db } from 'mongodb'
import { expect, test } from 'vitest'
import { createMongoDatabase, describeMongo } from '../../../support/mongodb.js'
import { openSeeder, type TestSeed } from './seeder.js'

const rowsOf = (rows: unknown[], more: object = {}): TestSeed => ({
  place: 'users',
  key: ['email'],
  rows: rows as never,
  ...more,
})

async function nothing(db: Db): Promise<void> {
  expect(await db.collection('users').countDocuments()).toBe(0)
  expect(await db.collection('godwit_seed_rows').countDocuments()).toBe(0)
  expect(await db.collection('godwit_seeds').countDocuments({ outcome: { $ne: 'failed' } })).toBe(0)
}

describeMongo('what a seed on MongoDB is refused', () => {
  test.each([
    ['no unique index', async (_: Db) => {}],
    [
      'a partial one',
      (db: Db) =>
        db
          .collection('users')
          .createIndex({ email: 1 }, { unique: true, partialFilterExpression: { active: true } })
          .catch(() => {}), // not every server has them
    ],
    ['one of more fields', (db: Db) => db.collection('users').createIndex({ email: 1, tenant: 1 }, { unique: true })],
    ['a plain one', (db: Db) => db.collection('users').createIndex({ email: 1 })],
  ])('a key with %s', async (_, make) => {
    const { url, db } = await createMongoDatabase()
    await make(db)
    const { error } = await (await openSeeder(url)).seed(rowsOf([{ email: 'a' }]))
    expect(error).toMatchObject({
      code: 'GODWIT_SEED_KEY',
      hint: expect.stringContaining('await db.collection("users").createIndex({ email: 1 }, { unique: true })'),
    })
    await nothing(db)
  })

  const late = (row: object) => [...Array.from({ length: 1_500 }, (_, n) => ({ email: `${n}@example.com` })), row]
  test.each([
    ['a key that is missing', late({ name: 'x' }), 1501, 'its key email is missing'],
    ['a key that is null', late({ email: null }), 1501, 'its key email is null'],
    ['a key that is a list', late({ email: ['a'] }), 1501, 'its key email is a list'],
    ['a key that another row of the batch has', late({ email: '1400@example.com' }), 1501, 'row 1401 has the same key'],
    ['a key that a row far before has', late({ email: '7@example.com' }), 1501, 'row 8 has the same key'],
    ['no object', late(7 as never), 1501, 'it is not an object'],
    ['a field with a dot', late({ email: 'z', 'a.b': 1 }), 1501, 'a.b: the name of a field has no dot'],
    ['an invalid date', late({ email: 'z', at: new Date('x') }), 1501, 'at: it is an invalid date'],
    ['what refers to itself', late(Object.assign(Object.create(null), circular())), 1501, ''],
    ['what another unique index has', late({ email: 'z', phone: 'secret-phone' }), 1501, 'another document has what'],
  ])('%s: the row is named, nothing is left', async (_, rows, row, reason) => {
    const { url, db } = await createMongoDatabase()
    await db.collection('users').createIndex({ email: 1 }, { unique: true })
    await db.collection('users').createIndex({ phone: 1 }, { unique: true, sparse: true })
    const seeder = await openSeeder(url)
    const there = { email: 'there', phone: 'secret-phone' }
    const { error, seeds } = await seeder.seed(rowsOf([{ ...there }]))
    expect([seeds, error]).toMatchObject([[{ inserted: 1 }], undefined])
    const failed = await seeder.seed(rowsOf(rows, { name: 'more' }))
    expect(failed.error).toMatchObject({ code: 'GODWIT_SEED_ROW', exitCode: 7, details: { file: 'seeds/more.ts' } })
    const { message } = failed.error as Error
    expect(message).toContain(`row ${row}`)
    expect(message).toContain(reason)
    expect(message).not.toContain('secret-phone')
    expect(failed.seeds).toMatchObject([{ name: 'more', outcome: 'failed', inserted: 0 }])
    expect(await db.collection('users').find().toArray()).toMatchObject([there])
    expect(await db.collection('godwit_seed_rows').countDocuments()).toBe(1)
    expect(await db.collection('godwit_seeds').countDocuments({ outcome: 'open' })).toBe(0)
  })

  test('an _id that another document has: that one stays', async () => {
    const { url, db } = await createMongoDatabase()
    await db.collection('users').createIndex({ email: 1 }, { unique: true })
    await db.collection<{ _id: number; email: string }>('users').insertOne({ _id: 5, email: 'theirs' })
    const seeder = await openSeeder(url)
    const { error } = await seeder.seed(
      rowsOf([
        { _id: 4, email: 'd' },
        { _id: 5, email: 'e' },
      ]),
    )
    expect(error).toMatchObject({ message: expect.stringContaining('row 2 (email = e): another document has its _id') })
    const other = await seeder.seed(rowsOf([{ _id: 6, email: 'theirs' }], { onExisting: 'update' }))
    expect(other.error).toMatchObject({ message: expect.stringContaining('it is there with another _id') })
    expect(await seeder.seed(rowsOf([{ _id: 6, email: 'theirs' }]))).toMatchObject({ seeds: [{ kept: 1 }] })
    expect(await db.collection('users').find().toArray()).toEqual([{ _id: 5, email: 'theirs' }])
  })

  test('a document that came from elsewhere meanwhile is not taken back', async () => {
    const { url, db } = await createMongoDatabase()
    await db.collection('users').createIndex({ email: 1 }, { unique: true })
    const theirs = db.collection<{ _id: number; email: string }>('users')
    const seeder = await openSeeder(url)
    const bulkWrite = async () => {
      const { client } = seeder.store.session() as { client: typeof db.client }
      const collections = client.db().collection('users')
      const { bulkWrite: real } = collections
      return { prototype: Object.getPrototypeOf(collections) as { bulkWrite: typeof real }, real }
    }
    const { prototype, real } = await bulkWrite()
    prototype.bulkWrite = async function (this: unknown, ...args: never[]) {
      prototype.bulkWrite = real
      await theirs.insertOne({ _id: 2, email: 'theirs' })
      return (real as (...all: never[]) => never).apply(this, args)
    } as never
    const { error } = await seeder.seed(
      rowsOf([
        { _id: 1, email: 'a' },
        { _id: 2, email: 'b' },
        { _id: 3, email: 'c' },
      ]),
    )
    expect(error).toMatchObject({ code: 'GODWIT_SEED_ROW', message: expect.stringContaining('row 2 (email = b)') })
    expect(await theirs.find().toArray()).toEqual([{ _id: 2, email: 'theirs' }])
  })

  test('a view, the history, a record', async () => {
    const { url } = await createMongoDatabase()
    const seeder = await openSeeder(url)
    for (const place of ['migrations', 'godwit_seeds']) {
      const { error } = await seeder.seed(rowsOf([{ _id: 1 }], { place, key: ['_id'] }))
      expect(error).toMatchObject({ code: 'GODWIT_SEED_INVALID', message: expect.stringContaining(place) })
    }
  })

  test('a function that fails: what it upserted is taken back, and what it wrote by itself is said to stay', async () => {
    const { url, db } = await createMongoDatabase()
    await db.collection('users').createIndex({ email: 1 }, { unique: true })
    await db.collection('users').insertMany([{ email: 'kept', n: 1, list: [1] }])
    const seed: TestSeed = {
      run: async ({ upsert, db }) => {
        await upsert('users', ['email'], { email: 'a' })
        await upsert('users', ['email'], { email: 'kept', n: 2, list: [2], more: true }, { onExisting: 'update' })
        await upsert('users', ['email'], { email: 'kept', n: 3 }, { onExisting: 'update' })
        await db.collection('own').insertOne({ a: 1 })
        throw new Error('no more')
      },
    }
    const { error, seeds } = await (await openSeeder(url)).seed(seed)
    expect(seeds).toMatchObject([{ outcome: 'failed', left: 'unknown' }])
    expect(error).toMatchObject({ code: 'GODWIT_SEED_FAILED', hint: expect.stringContaining('is still there') })
    const [only, ...others] = await db.collection('users').find().toArray()
    expect([only, others]).toEqual([{ _id: expect.anything(), email: 'kept', n: 1, list: [1] }, []])
    expect(await db.collection('godwit_seed_rows').countDocuments()).toBe(0)
    expect(await db.collection('godwit_seeds').find().toArray()).toMatchObject([{ outcome: 'failed', inserted: 0 }])
  })
})

function circular(): Record<string, unknown> {
  const self: Record<string, unknown> = { email: 'circle' }
  self.self = self
  return self
}
