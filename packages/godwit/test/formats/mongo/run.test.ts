import { createRequire } from 'node:module'
import { MongoClient } from 'mongodb'
import { afterEach, expect, test, vi } from 'vitest'
import type { MigrationFile } from '../../../src/engine/migration.js'
import type { DocumentWork, Format } from '../../../src/formats/contract.js'
import { createMongoDatabase, describeMongo, type TestMongoDatabase } from '../../support/mongodb.js'
import { createProject, documented, framework } from './support/project.js'

const require = createRequire(import.meta.url)
const mongoose = require('mongoose') as typeof import('mongoose')

function workOn({ client, db, url }: TestMongoDatabase): DocumentWork & { said: string[] } {
  const said: string[] = []
  return { client, db, url, session: undefined, log: (message) => said.push(message), said }
}

afterEach(() => mongoose.disconnect())

async function run(format: Format, name: string, direction: 'up' | 'down', work: DocumentWork): Promise<void> {
  const file = (await format.list()).find((each) => each.name === name) as MigrationFile
  const body = await format.load(file, direction)
  if (body?.kind !== 'documents') throw new Error(String(body))
  await body.run(work)
}

describeMongo('migrations that are objects', () => {
  test('the documented one works on mongoose.connection, which is disconnected at the end', async () => {
    const database = await createMongoDatabase()
    const users = database.db.collection('users')
    await users.insertMany([{ a: 1 }, { a: 2 }])
    const project = createProject({ 'm/001-a.ts': documented('001-a', 'A'), 'm/framework.ts': framework })
    const format = await project.open('m')
    await run(format, '001-a', 'up', workOn(database))
    expect(await users.countDocuments({ A: { $exists: true } })).toBe(2)
    expect(mongoose.connection.readyState).toBe(1)
    await run(format, '001-a', 'down', workOn(database))
    expect(await users.countDocuments({ A: { $exists: true } })).toBe(0)
    await format.close?.()
    expect(mongoose.connection.readyState).toBe(0)
  })

  test('`import * as mongoose` gives the connection, whatever the compiler makes of it', async () => {
    const database = await createMongoDatabase()
    await database.db.collection('users').insertOne({})
    for (const esModuleInterop of [true, false]) {
      const project = createProject({
        'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'commonjs', esModuleInterop } }),
        'm/001-a.ts': documented('001-a', `A${esModuleInterop}`),
      })
      await run(await project.open('m'), '001-a', 'up', workOn(database))
    }
    expect(
      await database.db.collection('users').countDocuments({ Atrue: { $exists: true }, Afalse: { $exists: true } }),
    ).toBe(1)
  })

  test('ES modules, in TypeScript and in JavaScript, get the same connection', async () => {
    const database = await createMongoDatabase()
    const migration = (name: string) => `import mongoose from 'mongoose'
export const M = { name: '${name}', up: async () => { await mongoose.connection.collection('${name}').insertOne({}) }, down: false }`
    const project = createProject({
      'package.json': '{ "type": "module" }',
      'm/001-ts.ts': migration('001-ts'),
      'm/002-js.js': migration('002-js'),
      'm/003-mjs.mjs': migration('003-mjs').replace('import mongoose', 'import { default as mongoose }'),
    })
    const format = await project.open('m')
    for (const name of ['001-ts', '002-js', '003-mjs']) {
      await run(format, name, 'up', workOn(database))
      expect(await database.db.collection(name).countDocuments()).toBe(1)
    }
    await format.close?.()
    expect(mongoose.connection.readyState).toBe(0)
  })

  test('where the client is closed, as for a lost lease, the mongoose that was connected for it is too', async () => {
    const database = await createMongoDatabase()
    const project = createProject({ 'm/001-a.ts': documented('001-a', 'A'), 'm/framework.ts': framework })
    const client = await MongoClient.connect(database.url)
    const work = { ...workOn(database), client, db: client.db() }
    await run(await project.open('m'), '001-a', 'up', work)
    expect(mongoose.connection.readyState).toBe(1)
    await client.close()
    await vi.waitFor(() => expect(mongoose.connection.readyState).toBe(0))
  })

  test('models build nothing by themselves', async () => {
    const database = await createMongoDatabase()
    const project = createProject({
      'm/001-a.ts': `import { model, Schema } from 'mongoose'
const User = model('User${database.name}', new Schema({ email: { type: String, unique: true } }), 'people')
const Idle = model('Idle${database.name}', new Schema({ email: { type: String, unique: true } }), 'idle')
export const A = { name: '001-a', up: async () => { await User.create({ email: 'a@example.com' }); await User.init(); await Idle.init() }, down: false }`,
    })
    const format = await project.open('m')
    await run(format, '001-a', 'up', workOn(database))
    expect((await database.db.collections()).map((each) => each.collectionName)).toEqual(['people'])
    expect(await database.db.collection('people').indexes()).toHaveLength(1)
  })

  test('a function with a parameter gets what it asks for, and mongoose only where it is used', async () => {
    const database = await createMongoDatabase()
    const project = createProject({
      'm/001-a.js': `exports.A = {
  name: '001-a',
  async up({ db, client, session, log }) {
    log(this.name + ' begins')
    await db.collection('things').insertOne({ given: [typeof client.db, typeof session] })
  },
  down: false,
}`,
      'm/002-b.ts': `import mongoose from 'mongoose'
export const B = { name: '002-b', up: async ({ log }) => log(String(mongoose.connection.readyState)), down: false }`,
    })
    const format = await project.open('m')
    const work = workOn(database)
    // As if nothing had imported it yet.
    delete require.cache[require.resolve('mongoose')]
    await run(format, '001-a', 'up', work)
    expect(mongoose.connection.readyState).toBe(0)
    expect(await database.db.collection('things').findOne({}, { projection: { _id: 0 } })).toEqual({
      given: ['function', 'undefined'],
    })
    await run(format, '002-b', 'up', work)
    expect(work.said).toEqual(['001-a begins', '1'])
    await format.close?.()
    expect(mongoose.connection.readyState).toBe(0)
  })

  test('a connection of the application to the same place is used and left, one elsewhere is refused', async () => {
    const [here, elsewhere] = [await createMongoDatabase(), await createMongoDatabase()]
    const project = createProject({ 'm/001-a.ts': documented('001-a', 'A') })
    const format = await project.open('m')
    // Not waited for: it is on its way when the migration begins.
    const connecting = mongoose.connect(here.url.replace('127.0.0.1', 'localhost'))
    await run(format, '001-a', 'up', workOn(here))
    await connecting
    await format.close?.()
    expect(mongoose.connection.readyState).toBe(1)
    await expect(run(format, '001-a', 'up', workOn(elsewhere))).rejects.toMatchObject({
      code: 'GODWIT_MONGOOSE_ELSEWHERE',
      message: expect.stringMatching(
        new RegExp(`connected to \\S+/${here.name} already.* for \\S+/${elsewhere.name}\\.`),
      ),
    })
    expect(mongoose.connection.name).toBe(here.name)
    await mongoose.disconnect()
    await run(format, '001-a', 'up', workOn(elsewhere))
    expect(mongoose.connection.name).toBe(elsewhere.name)
    // A migration that connects it to somewhere else does not take those behind it along.
    await mongoose.disconnect()
    await mongoose.connect(here.url)
    await expect(run(format, '001-a', 'up', workOn(elsewhere))).rejects.toMatchObject({
      code: 'GODWIT_MONGOOSE_ELSEWHERE',
    })
  })

  test('a project without mongoose gets no connection', async () => {
    const database = await createMongoDatabase()
    const project = createProject(
      { 'm/001-a.js': `exports.A = { name: '001-a', up: async () => {}, down: false }` },
      [],
    )
    await run(await project.open('m'), '001-a', 'up', workOn(database))
    expect(mongoose.connection.readyState).toBe(0)
  })
})
