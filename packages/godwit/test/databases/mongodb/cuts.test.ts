import { expect, test } from 'vitest'
import { openProxy } from '../../contract/databases/proxy.js'
import { createMongoDatabase, describeMongo } from '../../support/mongodb.js'
import { type MemoryMigration, openRunner } from './memory-project.js'

/** Every command of the driver names its database. */
const COMMAND = '$db'
const COMMANDS = 24
const anyAnswer = () => true

const once = (name: string): MemoryMigration => ({
  up: async ({ db }) => void (await db.collection('ran').insertOne({ name })),
})

describeMongo('a connection that is cut at every command', () => {
  for (const when of ['Before', 'After'] as const)
    test(`${when.toLowerCase()} it: what counts as applied was done once, what counts as pending was not begun`, async () => {
      const seen = { applied: 0, failed: 0, pending: 0 }
      let cuts = 0
      for (let skip = 0; skip < COMMANDS; skip++) {
        const { url, db } = await createMongoDatabase()
        const proxy = await openProxy(url, anyAnswer)
        const migrations = { '001': once('001'), '002': once('002') }
        const cutOff = await openRunner(proxy.url, migrations)
        proxy[`cut${when}`](COMMAND, { skip })
        await cutOff.up().catch(() => {})
        await cutOff.target.close()
        cuts += proxy.cuts()
        const { states } = await openRunner(url, migrations)
        for (const line of await states()) {
          const [name, state] = line.split(' ') as [string, keyof typeof seen]
          seen[state]++
          const effects = await db.collection('ran').countDocuments({ name })
          const recorded = await db.collection('migrations').countDocuments({ name })
          if (state === 'applied') expect([line, effects, recorded]).toEqual([line, 1, 1])
          else expect([line, recorded]).toEqual([line, 0])
          if (state === 'pending') expect([line, effects]).toEqual([line, 0])
        }
      }
      console.log(`MongoDB, cut ${when.toLowerCase()}: ${cuts} cuts; ${JSON.stringify(seen)}`)
      expect(cuts).toBeGreaterThan(COMMANDS / 2)
      expect(seen.failed).toBeGreaterThan(0)
    })

  test('what may be run twice goes on by itself behind every cut', async () => {
    for (let skip = 0; skip < COMMANDS; skip++) {
      const { url, db } = await createMongoDatabase()
      const proxy = await openProxy(url, anyAnswer)
      const upserting: MemoryMigration = {
        idempotent: true,
        up: async ({ db }) =>
          void (await db.collection('ran').updateOne({ n: 1 }, { $set: { n: 1 } }, { upsert: true })),
      }
      const cutOff = await openRunner(proxy.url, { '001': upserting })
      proxy.cutAfter(COMMAND, { skip })
      await cutOff.up().catch(() => {})
      await cutOff.target.close()
      const again = await openRunner(url, { '001': upserting })
      await again.up()
      expect(await again.states()).toEqual(['001 applied'])
      expect(await db.collection('migrations').countDocuments()).toBe(1)
      expect(await db.collection('ran').countDocuments()).toBe(1)
      await again.target.close()
    }
  })

  test('what goes on is never pending behind a cut: that it was begun stays known', async () => {
    for (let skip = 0; skip < COMMANDS; skip++) {
      const { url } = await createMongoDatabase()
      let fails = true
      const halfway: MemoryMigration = {
        idempotent: true,
        up: () => (fails ? Promise.reject(new Error('half of it')) : Promise.resolve()),
      }
      const first = await openRunner(url, { '001': halfway })
      await first.up()
      await first.target.close()
      fails = false
      const proxy = await openProxy(url, anyAnswer)
      const cutOff = await openRunner(proxy.url, { '001': halfway })
      proxy.cutAfter(COMMAND, { skip })
      await cutOff.up().catch(() => {})
      await cutOff.target.close()
      const after = await openRunner(url, { '001': halfway })
      expect(['001 failed', '001 applied']).toContain((await after.states())[0])
      await after.target.close()
    }
  })
})
