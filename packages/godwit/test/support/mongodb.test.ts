import { expect, inject, test } from 'vitest'
import { createMongoDatabase, describeMongo, describeReplicaSet } from './mongodb.js'

describeMongo('the run’s MongoDB server', () => {
  test('keeps documents, and a database apart from the next', async () => {
    const one = await createMongoDatabase()
    const other = await createMongoDatabase()
    await one.db.collection('things').insertOne({ a: 1 })
    expect(await one.db.collection('things').countDocuments()).toBe(1)
    expect(await other.db.collection('things').countDocuments()).toBe(0)
    expect(new URL(one.url).pathname).toBe(`/${one.name}`)
  })

  test('is of the driver’s protocol, and no application of the tests reaches a server of the environment', async () => {
    const { db } = await createMongoDatabase()
    const { maxWireVersion } = await db.command({ isMaster: 1 })
    expect(maxWireVersion).toBeGreaterThanOrEqual(9)
    expect(process.env.MONGODB_URI).toBeUndefined()
    expect(inject('mongodb')).not.toHaveProperty('stop')
  })
})

describeReplicaSet('the run’s replica set', () => {
  test('has transactions', async () => {
    const { client, db } = await createMongoDatabase()
    await db.createCollection('things')
    await client.withSession(async (session) => {
      session.startTransaction()
      await db.collection('things').insertOne({ a: 1 }, { session })
      await session.abortTransaction()
    })
    expect(await db.collection('things').countDocuments()).toBe(0)
  })
})
