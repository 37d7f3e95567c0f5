import type { Db } from 'mongodb'
import { expect, test } from 'vitest'
import { openProxy } from '../../../contract/databases/proxy.js'
import { createMongoDatabase, describeMongo } from '../../../support/mongodb.js'
import { openSeeder, type TestSeed } from './seeder.js'

const many = 1_100
const email = (n: number) => ({ email: `${n}@example.com`, n })

function signal() {
  let send = () => {}
  const sent = new Promise<void>((resolve) => {
    send = resolve
  })
  return { sent, send }
}

/** Rows that come to a halt in the middle, and go on when they are told to. */
function halting(at: number) {
  const [halted, goOn] = [signal(), signal()]
  async function* rows() {
    for (let n = 0; n < many; n++) {
      if (n === at) {
        halted.send()
        await goOn.sent
      }
      yield email(n)
    }
  }
  return { rows, halted: halted.sent, goOn: goOn.send }
}

const usersOf = (rows: () => AsyncIterable<object> | Iterable<object>, more: object = {}): TestSeed => ({
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

async function recordedIds(db: Db): Promise<string[]> {
  const parts = await db.collection('godwit_seed_rows').find().toArray()
  return parts.flatMap(({ ids }) => ids.map(String)).sort()
}

async function isWhole(db: Db): Promise<void> {
  const documents = await db
    .collection('users')
    .find({}, { projection: { n: 1 } })
    .toArray()
  expect(documents.map(({ n }) => n).sort((a, b) => a - b)).toEqual(Array.from({ length: many }, (_, n) => n))
  expect(await recordedIds(db)).toEqual(documents.map(({ _id }) => String(_id)).sort())
  const seeds = await db.collection('godwit_seeds').find({ outcome: 'done' }).toArray()
  expect(seeds).toMatchObject([{ name: 'users', inserted: many }])
}

function* all() {
  for (let n = 0; n < many; n++) yield email(n)
}

describeMongo('a seed on MongoDB that does not end', () => {
  test('whose runner lost its lease: the next takes back what it wrote, and it writes no more', async () => {
    const { url, db } = await withUsers()
    await db.collection('users').insertOne({ ...email(3), n: 'as it was', own: true })
    const halves = halting(1_050)
    const first = await openSeeder(url)
    const dead = first.seed(usersOf(halves.rows, { onExisting: 'update' }))
    await halves.halted
    const half = await db.collection('users').countDocuments()
    expect(half).toBe(1_000)
    expect(await db.collection('users').findOne({ email: email(3).email })).toMatchObject({ n: 3 })
    expect(await first.store.history()).toMatchObject([{ outcome: 'failed' }])

    const next = await openSeeder(url)
    const holder = await next.target.lockHolder()
    await next.target.unlock(holder?.owner)
    const other: TestSeed = { name: 'other', place: 'plans', key: ['_id'], rows: [{ _id: 1 }] }
    expect(await next.seed(other)).toMatchObject({ seeds: [{ inserted: 1 }] })
    expect(next.warnings).toEqual([expect.stringContaining("'users' was stopped in the middle")])
    const left = await db.collection('users').find().toArray()
    expect(left).toMatchObject([{ email: email(3).email, n: 'as it was', own: true }])

    halves.goOn()
    expect(await dead).toMatchObject({ error: { code: expect.stringMatching(/LEASE_LOST|CONNECTION|SEED_FAILED/) } })
    expect(await db.collection('users').find().toArray()).toEqual(left)
    expect(await recordedIds(db)).toEqual(['1'])
  })

  test('is taken back when it is stopped, before the lease is given back', async () => {
    const { url, db } = await withUsers()
    const stop = new AbortController()
    const halves = halting(1_050)
    const seeder = await openSeeder(url, { signal: stop.signal })
    const stopped = seeder.seed(usersOf(halves.rows))
    await halves.halted
    stop.abort('SIGINT')
    halves.goOn()
    expect(await stopped).toMatchObject({ error: { code: 'GODWIT_INTERRUPTED' } })
    await seeder.target.close()
    expect(await db.collection('users').countDocuments()).toBe(0)
    expect(await recordedIds(db)).toEqual([])
    expect(await db.collection('godwit_lease').findOne()).toMatchObject({ owner: null })
    const again = await openSeeder(url)
    expect(await again.seed(usersOf(all))).toMatchObject({ seeds: [{ inserted: many }] })
    expect(again.warnings).toEqual([])
    await isWhole(db)
  })

  test('is put right by the next run, wherever its connection was cut', async () => {
    let cuts = 0
    for (let skip = 0; skip < 40; skip += 1) {
      const { url, db } = await withUsers()
      await db.collection('users').insertOne({ ...email(3), n: 'as it was' })
      const proxy = await openProxy(url, () => true)
      const cutOff = await openSeeder(proxy.url)
      proxy[skip % 2 === 0 ? 'cutBefore' : 'cutAfter']('$db', { skip })
      await cutOff.seed(usersOf(all, { onExisting: 'update' })).catch(() => {})
      await cutOff.target.close()
      cuts += proxy.cuts()
      const next = await openSeeder(url)
      const { error } = await next.seed(usersOf(all, { onExisting: 'update' }))
      expect([skip, error]).toEqual([skip, undefined])
      const documents = await db
        .collection('users')
        .find({}, { projection: { n: 1 } })
        .toArray()
      const ns = documents.map(({ n }) => n).sort((a, b) => a - b)
      expect([skip, ns]).toEqual([skip, Array.from({ length: many }, (_, n) => n)])
      const byPerson = documents.filter(({ n }) => n === 3).map(({ _id }) => String(_id))
      const bySeed = documents.map(({ _id }) => String(_id)).filter((id) => !byPerson.includes(id))
      expect([skip, await recordedIds(db)]).toEqual([skip, bySeed.sort()])
      await next.target.close()
    }
    console.log(`MongoDB seeds: ${cuts} cuts`)
    expect(cuts).toBeGreaterThan(20)
  }, 240_000)

  test('what somebody wrote meanwhile into a changed document stays', async () => {
    const { url, db } = await withUsers()
    await db.collection('users').insertOne({ email: 'a', n: 1, m: 1 })
    const seed: TestSeed = {
      run: async ({ upsert, db }) => {
        await upsert('users', ['email'], { email: 'a', n: 2, m: 2, more: 1 }, { onExisting: 'update' })
        await db.collection('users').updateOne({ email: 'a' }, { $set: { m: 'theirs' } })
        throw new Error('no')
      },
    }
    await (await openSeeder(url)).seed(seed)
    const [document] = await db.collection('users').find().toArray()
    expect(document).toEqual({ _id: document?._id, email: 'a', n: 1, m: 'theirs' })
  })

  test('rows that an ORM writes are recorded by what they become, and taken back by their keys', async () => {
    const { url, db } = await withUsers()
    const seeder = await openSeeder(url)
    const users = db.collection('users')
    await users.insertOne({ email: 'there', n: 1 })
    const identity = { name: 'users', hash: 'ts:1', environment: 'test', kind: 'rows' as const }
    const write = (fails: boolean) =>
      seeder.holding(() =>
        seeder.store.seed(identity, async ({ note }) => {
          const [inserted, updated] = [[{ email: 'a' }, { email: 'b' }], [{ email: 'there' }]]
          await note({ place: 'users', key: ['email'], inserted, updated, unchanged: 4, kept: 5 })
          await users.insertMany([{ email: 'a' }, { email: 'b' }])
          await users.updateOne({ email: 'there' }, { $set: { n: 2, more: 1 } })
          if (fails) throw new Error('a hook of the model')
        }),
      )
    await expect(write(true)).rejects.toThrow('a hook of the model')
    expect(await users.find({}, { projection: { _id: 0 } }).toArray()).toEqual([{ email: 'there', n: 1 }])
    expect(await db.collection('godwit_seed_rows').countDocuments()).toBe(0)
    expect(await write(false)).toEqual({ inserted: 2, updated: 1, unchanged: 4, kept: 5 })
    const made = await users.find({ email: { $in: ['a', 'b'] } }).toArray()
    expect(await recordedIds(db)).toEqual(made.map(({ _id }) => String(_id)).sort())
    expect(await db.collection('godwit_seed_rows').countDocuments()).toBe(1)
  })
})
