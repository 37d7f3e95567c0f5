import { expect, test } from 'vitest'
import { createMongoDatabase, describeMongo, describeReplicaSet } from '../../../support/mongodb.js'
import { serverHas } from '../../../support/mongodb-has.js'
import { openSeeder, type TestSeed } from './seeder.js'

function* upTo(rows: number) {
  for (let _id = 0; _id < rows; _id++) yield { _id, name: `n${_id}` }
}

const users = (rows: () => Iterable<object>): TestSeed => ({ place: 'users', key: ['_id'], rows: rows as never })

describeReplicaSet('a seed on a server with transactions', () => {
  test('is seen as a whole or not at all, with its records', async () => {
    const { url, db } = await createMongoDatabase()
    const seeder = await openSeeder(url)
    const seen: number[] = []
    const looking = async function* () {
      for (const row of upTo(2_500)) {
        if (row._id % 1_000 === 500) seen.push(await db.collection('users').countDocuments())
        yield row
      }
    }
    const seed: TestSeed = { place: 'users', key: ['_id'], rows: looking as never }
    expect(await seeder.seed(seed)).toMatchObject({ seeds: [{ inserted: 2_500 }] })
    expect(seen).toEqual([0, 0, 0])
    const parts = await db.collection('godwit_seed_rows').find().toArray()
    expect(parts.map(({ ids }) => ids.length)).toEqual([1_000, 1_000, 500])
    const failing = function* () {
      yield* upTo(3_500)
      throw new Error('no more')
    }
    const { error } = await seeder.seed(users(failing))
    expect(error).toMatchObject({ code: 'GODWIT_SEED_FAILED', message: expect.stringContaining('no more') })
    expect(await db.collection('users').countDocuments()).toBe(2_500)
    expect(await db.collection('godwit_seeds').countDocuments()).toBe(1)
    const told = await seeder.store.forecastClear({ all: true })
    expect(await seeder.holding(() => seeder.store.clear({ all: true }, told))).toEqual(told)
  })

  test('that outgrows one is taken back by its records', async () => {
    const { url, db } = await createMongoDatabase()
    const failing = function* () {
      yield* upTo(60_000)
      throw new Error('no more')
    }
    const seeder = await openSeeder(url)
    const { error, seeds } = await seeder.seed(users(failing))
    expect([error, seeds]).toMatchObject([{ code: 'GODWIT_SEED_FAILED' }, [{ outcome: 'failed' }]])
    expect(await db.collection('users').countDocuments()).toBe(0)
    expect(await db.collection('godwit_seed_rows').countDocuments()).toBe(0)
    expect(await seeder.seed(users(() => upTo(60_000)))).toMatchObject({ seeds: [{ inserted: 60_000 }] })
  }, 240_000)
})

const usesValidators = await serverHas('seeds that a validator refuses', async (db) => {
  const checked = await db.createCollection('a', { validator: { $jsonSchema: { required: ['a'] } } })
  const { code } = (await checked.insertOne({}).catch((error: unknown) => error)) as { code?: number }
  if (code !== 121) throw new Error('the server takes a document that its validator does not')
})

describeMongo('a seed on a server with validators', () => {
  test.skipIf(!usesValidators)('names the row that the validator refuses, and leaves nothing', async () => {
    const { url, db } = await createMongoDatabase()
    await db.createCollection('users', { validator: { $jsonSchema: { properties: { name: { bsonType: 'string' } } } } })
    const rows = () => [{ _id: 1, name: 'a' }, { _id: 2, name: 5 }, { _id: 3 }]
    const { error } = await (await openSeeder(url)).seed(users(rows))
    expect(error).toMatchObject({
      code: 'GODWIT_SEED_ROW',
      message: expect.stringMatching(/row 2 \(_id = 2\): the collection's validator: name/),
    })
    expect(await db.collection('users').countDocuments()).toBe(0)
  })
})
