import { symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import bcrypt from 'bcrypt'
import { expect, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { scratchFolder } from '../../formats/scratch-folder.js'
import { createMongoDatabase, describeMongo } from '../../support/mongodb.js'

const modules = dirname(dirname(createRequire(import.meta.url).resolve('mongoose/package.json')))

const model = `import bcrypt from 'bcrypt'
import mongoose from 'mongoose'
const schema = new mongoose.Schema({
  email: { type: String, lowercase: true },
  password: { type: String, select: false },
  team: mongoose.Schema.Types.ObjectId,
  born: Date,
  tags: [{ name: String }],
  settings: { theme: String, size: Number },
  hooked: String,
})
schema.pre('save', async function () {
  this.hooked = this.isNew ? 'insert' : 'update'
  if (this.isModified('password')) this.password = await bcrypt.hash(this.password!, 4)
})
export const User = mongoose.models.User ?? mongoose.model('User', schema)`

const users = (rest = '') => `import { defineSeed, hash, ref } from 'godwit'
import { User } from '../user'
export default defineSeed({ entity: User, key: ['email'], ${rest} rows: [
  { email: 'A@x.org', password: hash('s3cret!', { byHook: true }), team: ref('teams', { _id: 1, name: 'red' }, 'owner'), born: '2000-02-29',
    tags: [{ name: 'x' }, { name: 'y' }], settings: { size: 2, theme: 'dark' } },
  { email: 'b@x.org' },
] })`
const teams = `import { defineSeed } from 'godwit'
export default defineSeed({ collection: 'teams', key: ['_id'], rows: [{ _id: 1, name: 'red', owner: '65a000000000000000000001' }] })`

async function projectOf(seeds: Record<string, string>) {
  const database = await createMongoDatabase()
  await database.db.collection('users').createIndex({ email: 1 }, { unique: true })
  const cwd = await scratchFolder({
    'package.json': '{ "type": "commonjs", "dependencies": { "bcrypt": "6.0.0" } }',
    'godwit.config.json': '{ "format": "mongo", "seeds": "seeds", "migrations": "migrations" }',
    'migrations/': '',
    'node_modules/': '',
    'user.ts': model,
    ...Object.fromEntries(Object.entries(seeds).map(([name, text]) => [`seeds/${name}.ts`, text])),
  })
  for (const name of ['mongoose', 'mongodb', 'bcrypt'])
    symlinkSync(join(modules, name), join(cwd, 'node_modules', name))
  const logged: string[] = []
  const project = await openProject({
    cwd,
    databaseUrl: database.url,
    env: {},
    onEvent: (event) => {
      if (event.type === 'seed-log') logged.push(event.line)
    },
  })
  const seed = async () => {
    const { error, seeds: reports } = await project.seed()
    if (error !== undefined) throw error
    return Object.fromEntries(
      reports.map(({ name, inserted, updated, unchanged, kept }) => [name, [inserted, updated, unchanged, kept]]),
    )
  }
  const documents = () => database.db.collection('users').find().sort({ email: 1 }).toArray()
  return { database, project, seed, logged, documents }
}

describeMongo('models of mongoose', () => {
  test('rows go through the model with its hooks; a second run writes nothing', async () => {
    const { seed, documents } = await projectOf({ teams, users: users() })
    expect(await seed()).toEqual({ teams: [1, 0, 0, 0], users: [2, 0, 0, 0] })
    const first = await documents()
    expect(first).toMatchObject([
      { email: 'a@x.org', hooked: 'insert', born: new Date('2000-02-29') },
      { email: 'b@x.org', hooked: 'insert' },
    ])
    expect(String(first[0]?.team)).toBe('65a000000000000000000001')
    expect(await bcrypt.compare('s3cret!', first[0]?.password)).toBe(true)
    expect(await seed()).toEqual({ teams: [0, 0, 1, 0], users: [0, 0, 2, 0] })
    expect(await documents()).toEqual(first)
  })

  test('edited documents are kept, or saved again', async () => {
    const { database, seed, documents } = await projectOf({ teams, users: users() })
    await seed()
    await database.db
      .collection('users')
      .updateOne({ email: 'a@x.org' }, { $set: { settings: { theme: 'light' }, password: 'gone' } })
    expect((await seed()).users).toEqual([0, 0, 1, 1])
    const again = await projectOf({ teams, users: users(`onExisting: 'update',`) })
    await again.seed()
    await again.database.db
      .collection('users')
      .updateOne({ email: 'a@x.org' }, { $set: { 'tags.1.name': 'z', password: 'gone' } })
    expect((await again.seed()).users).toEqual([0, 1, 1, 0])
    const [updated] = await again.documents()
    expect(updated).toMatchObject({ hooked: 'update', tags: [{ name: 'x' }, { name: 'y' }] })
    expect(await bcrypt.compare('s3cret!', updated?.password)).toBe(true)
    expect((await documents())[0]).toMatchObject({ password: 'gone' })
  })

  test.each([
    [
      `{ email: 'a' }, { email: 'b', emial: 'x' }`,
      /row 2 \(email = b\): User has no path 'emial'; did you mean 'email'/,
    ],
    [
      `{ email: 'a' }, { email: 'b', settings: { size: 'large' } }`,
      /row 2 \(email = b\): User validation failed: settings.size/,
    ],
  ])('what is wrong is told with its row, and nothing is left: %s', async (rows, message) => {
    const { seed, documents } = await projectOf({
      users: `import { defineSeed } from 'godwit'
import { User } from '../user'
export default defineSeed({ entity: User, key: ['email'], rows: [${rows}] })`,
    })
    await expect(seed()).rejects.toThrow(message)
    expect(await documents()).toEqual([])
  })

  test('a key that is not unique is refused', async () => {
    const { seed } = await projectOf({
      users: `import { defineSeed } from 'godwit'
import { User } from '../user'
export default defineSeed({ entity: User, key: ['hooked'], rows: [{ hooked: 'x' }] })`,
    })
    await expect(seed()).rejects.toMatchObject({
      code: 'GODWIT_SEED_KEY',
      hint: expect.stringContaining('createIndex({ hooked: 1 }, { unique: true })'),
    })
  })

  test('a function is given mongoose, connected', async () => {
    const { seed, logged } = await projectOf({
      users: `import { User } from '../user'
export default async ({ mongoose, upsert, log, session }: any) => {
  log(JSON.stringify(await upsert(User, ['email'], { email: 'x' })))
  log(String(await mongoose.model('User').countDocuments().session(session ?? null)))
}`,
    })
    await seed()
    expect(logged).toEqual(['{"inserted":1,"updated":0,"unchanged":0,"kept":0}', '1'])
  })
})
