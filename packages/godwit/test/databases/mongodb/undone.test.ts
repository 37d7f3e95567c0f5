import { expect, test } from 'vitest'
import { createMongoDatabase, describeMongo, type TestMongoDatabase } from '../../support/mongodb.js'
import { type MemoryMigration, openRunner } from './memory-project.js'

const adding = (name: string): MemoryMigration => ({
  up: ({ db }) => db.collection('ran').insertOne({ name }),
  down: ({ db }) => db.collection('ran').deleteMany({ name }),
})

/** As a runner leaves it that died when the history was written, and the entry not yet closed. */
async function dyingBehindHistory({ db }: TestMongoDatabase, name: string): Promise<void> {
  const open = { outcome: 'open', finishedAt: null }
  await db.collection('godwit_steps').updateOne({ name, outcome: 'done' }, { $set: open })
}

describeMongo('an entry of the journal that stayed open', () => {
  test('is over when the next run has seen its migration applied: what another tool undoes then is pending', async () => {
    const database = await createMongoDatabase()
    const migrations: Record<string, MemoryMigration> = { '001': adding('a') }
    await (await openRunner(database.url, migrations)).up()
    await dyingBehindHistory(database, '001')
    migrations['002'] = adding('b')
    const next = await openRunner(database.url, migrations)
    expect(await next.states()).toEqual(['001 applied', '002 pending'])
    await next.up()
    await database.db.collection('migrations').deleteMany({})
    expect(await next.states()).toEqual(['001 pending', '002 pending'])
  })
})
