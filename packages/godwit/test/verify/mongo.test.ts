import { expect, inject, test } from 'vitest'
import { createMongoDatabase, describeMongo } from '../support/mongodb.js'
import { verifyProject } from './support.js'

const base = `await db.createCollection('users'); await db.collection('users').createIndex({ email: 1 }, { unique: true, name: 'email' })
    await db.collection('roles').insertMany([{ _id: 1, name: 'admin' }, { _id: 2, name: 'reader' }])`

interface Planted {
  what: string
  up: string
  down: string
  verdict: string
  codes?: string[]
  lines?: string[]
}

const planted: Planted[] = [
  {
    what: 'a collection',
    up: "await db.createCollection('a')",
    down: "await db.collection('a').drop()",
    verdict: 'reversible',
  },
  {
    what: 'an index',
    up: "await db.collection('users').createIndex({ n: 1 })",
    down: "await db.collection('users').dropIndex('n_1')",
    verdict: 'reversible',
  },
  {
    what: 'a field',
    up: "await db.collection('users').updateMany({}, { $set: { score: 0 } })",
    down: "await db.collection('users').updateMany({}, { $unset: { score: '' } })",
    verdict: 'reversible',
  },
  {
    what: 'a rename',
    up: "await db.collection('users').updateMany({}, { $rename: { email: 'mail' } })",
    down: "await db.collection('users').updateMany({}, { $rename: { mail: 'email' } })",
    verdict: 'reversible',
  },
  {
    what: 'an index that is left',
    up: "await db.collection('users').createIndex({ n: 1 })",
    down: '',
    verdict: 'irreversible',
    codes: ['differs'],
    lines: ['index users.n_1 is left'],
  },
  {
    what: 'an index that is not there again',
    up: "if ((await db.collection('users').indexes()).length > 1) await db.collection('users').dropIndex('email')",
    down: '',
    verdict: 'irreversible',
    codes: ['differs'],
    lines: ['index users.email is not there'],
  },
  {
    what: 'a collection that is not there again',
    up: "await db.collection('roles').drop().catch(() => {})",
    down: '',
    verdict: 'irreversible',
    codes: ['differs'],
    lines: ['collection roles is not there'],
  },
  {
    what: 'a field that is left',
    up: "await db.collection('users').updateMany({}, { $set: { score: 0 } })",
    down: '',
    verdict: 'irreversible',
    codes: ['differs'],
    lines: ['field users.score is left'],
  },
  { what: 'a down that fails', up: '', down: "throw new Error('no')", verdict: 'irreversible', codes: ['down-fails'] },
  {
    what: 'a second up that fails',
    up: "await db.collection('roles').insertOne({ _id: 3 })",
    down: '',
    verdict: 'irreversible',
    codes: ['up-again-fails'],
  },
  {
    what: 'a second up that doubles documents',
    up: "await db.collection('roles').insertOne({ name: 'writer' })",
    down: '',
    verdict: 'irreversible',
    codes: ['up-again-differs'],
    lines: ['roles: 1 row more'],
  },
  {
    what: 'documents that are deleted',
    up: "await db.collection('roles').deleteOne({ _id: 2 })",
    down: "await db.collection('roles').insertOne({ _id: 2, name: 'Reader' })",
    verdict: 'lossy',
    codes: ['data'],
    lines: ['roles.name: 1 of 5 values are others'],
  },
  {
    what: 'a field that is taken away',
    up: "await db.collection('roles').updateMany({}, { $unset: { name: '' } })",
    down: '',
    verdict: 'lossy',
    codes: ['data'],
    lines: ['roles.name: 2 of 2 values are gone'],
  },
  {
    what: 'a field that some have already',
    up: "await db.collection('users').updateMany({ score: { $exists: false } }, { $set: { score: 0 } })",
    down: "await db.collection('users').updateMany({}, { $unset: { score: '' } })",
    verdict: 'lossy',
    codes: ['data'],
    lines: ['users.score: 1 of 1 values are gone'],
  },
  {
    what: 'a field that only the code speaks of',
    up: "await db.collection('users').updateMany({ nick: { $exists: true } }, { $unset: { nick: '' } })",
    down: '',
    verdict: 'lossy',
    codes: ['data'],
    lines: ['users.nick: 1 of 1 values are gone'],
  },
]

describeMongo('migrations of MongoDB', () => {
  const server = inject('mongodb')
  const shadow = 'missing' in server ? '' : server.url
  const migration = (name: string, up: string, down: string) =>
    `exports.migration = { name: '${name}', up: async ({ db }) => { ${up} }, down: async ({ db }) => { ${down} } }`

  test.each(planted)('$what: $verdict', async ({ up, down, verdict, codes = [], lines = [] }) => {
    const { last } = verifyProject(
      {
        'migrations/001-base.js': migration(
          '001-base',
          base,
          "await db.dropCollection('users'); await db.dropCollection('roles')",
        ),
        'migrations/002-planted.js': migration('002-planted', up, down),
      },
      { format: 'mongo', shadow },
    )
    const found = await last({ name: '002' })
    expect({
      verdict: found.verdict,
      codes: found.reasons.map(({ code }) => code),
      lines: found.reasons.flatMap(({ objects }) => objects),
    }).toEqual({
      verdict,
      codes,
      lines: lines.map((line) => expect.stringContaining(line)),
    })
  })

  test('nothing is left on the server, and the database of the project is not touched', async () => {
    const target = await createMongoDatabase()
    const { verify } = verifyProject(
      { 'migrations/001-base.js': migration('001-base', base, '') },
      { format: 'mongo', shadow: target.url, database: target.url },
    )
    expect((await verify({})).migrations).toMatchObject([{ name: '001-base', verdict: 'irreversible', known: false }])
    expect(await verify({})).toMatchObject({ shadow: null, migrations: [{ verdict: 'irreversible', known: true }] })
    expect(await target.db.listCollections().toArray()).toEqual([])
    const { databases } = await target.client.db().admin().listDatabases()
    expect(databases.filter(({ name }) => name.startsWith('godwit_shadow_'))).toEqual([])
  })

  test('down = false is on purpose', async () => {
    const { verify } = verifyProject(
      { 'migrations/001-base.js': "exports.migration = { name: '001-base', up: async () => {}, down: false }" },
      { format: 'mongo', shadow },
    )
    expect((await verify({ all: true, ci: true })).migrations).toMatchObject([
      { verdict: 'irreversible', down: 'irreversible', passes: true },
    ])
    expect((await verify({ all: true, requireDown: true })).migrations).toMatchObject([{ passes: false }])
  })

  test('without a server for it, that is said', async () => {
    const { verify } = verifyProject({ 'migrations/001-base.js': migration('001-base', base, '') }, { format: 'mongo' })
    await expect(verify()).rejects.toMatchObject({ code: 'GODWIT_SHADOW_NEEDED' })
  })
})
