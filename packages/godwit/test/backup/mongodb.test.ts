import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { createMongoDatabase, describeMongo } from '../support/mongodb.js'
import { backupProject, errorOf, fakeTools } from './project.js'

// The real tools are not to be had from npm: what is tested is all but them.
const program = join(import.meta.dirname, '../support/fake-mongo-tools.mjs')
const standIn = (name: string) => `exec ${process.execPath} ${program} ${name} "$@"`

const migration = (name: string, up: string) =>
  `exports.migration = { name: '${name}', up: async ({ db }) => { ${up} }, down: async () => {} }\n`

const files = {
  'migrations/1_users.js': migration(
    '1_users',
    "await db.collection('users').insertMany([{ _id: 1, name: 'a' }, { _id: 2, name: 'b' }]); await db.collection('users').createIndex({ name: 1 }, { unique: true })",
  ),
  'migrations/2_more.js': migration(
    '2_more',
    "await db.collection('more').insertOne({ _id: 1 }); await db.collection('users').deleteOne({ _id: 1 })",
  ),
}

async function shop() {
  const database = await createMongoDatabase()
  const server = inject('mongodb')
  const shadow = 'missing' in server ? '' : server.url
  const project = backupProject({ format: 'mongo', database: database.url, shadow }, files)
  const { PATH = '', HOME = '' } = process.env
  const env = {
    PATH,
    HOME,
    GODWIT_MONGO_BIN: fakeTools({ mongodump: standIn('mongodump'), mongorestore: standIn('mongorestore') }),
  }
  return { ...project, env, database, open: (more = {}) => project.open({ env, ...more }) }
}

describeMongo('a database of MongoDB, with tools that stand in for the real ones', () => {
  test('is dumped, tried, and comes back in the place of what is there', async () => {
    const { open, database } = await shop()
    await (await open()).up({ to: '1_users' })
    const backup = await (await open()).backup()
    expect(backup).toMatchObject({
      kind: 'mongodb',
      database: database.name,
      tool: 'mongodump 100.9.4',
      history: { applied: 1, last: '1_users' },
    })
    expect(backup.tables).toContainEqual({ name: 'users', rows: 2 })
    expect(readFileSync(backup.file).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]))
    expect(await (await open()).verifyBackup(backup.file)).toMatchObject({
      on: expect.stringContaining('scratch database on mongodb://'),
    })

    // What a function does is not known: a backup is taken.
    const { backup: ahead } = await (await open()).up({ backup: true })
    expect(ahead).toMatchObject({ kind: 'mongodb' })
    const refused = await errorOf((await open()).restore(backup.file))
    expect(refused).toMatchObject({ code: 'GODWIT_RESTORE_NOT_EMPTY' })
    expect(refused.message).toContain('collection more')
    const { dropped } = await (await open()).restore(backup.file, { clean: true, yes: true })
    expect(dropped).toContain('collection users')
    expect(await database.db.collection('users').find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, name: 'a' },
      { _id: 2, name: 'b' },
    ])
    expect((await database.db.listCollections().toArray()).map(({ name }) => name)).not.toContain('more')
    expect((await database.db.collection('users').indexes()).map(({ name }) => name)).toContain('name_1')
    const { migrations } = await (await open()).status()
    expect(migrations.map(({ state }) => state)).toEqual(['applied', 'pending'])
    expect((await (await open()).up()).error).toBeUndefined()
  })

  test('goes into another database', async () => {
    const { open } = await shop()
    await (await open()).up({ to: '1_users' })
    const { file } = await (await open()).backup()
    const other = await createMongoDatabase()
    await (await open({ databaseUrl: other.url })).restore(file)
    expect(await other.db.collection('users').countDocuments()).toBe(2)
  })

  test('of which not all comes back: said, without a password', async () => {
    const { open, env, folder } = await shop()
    await (await open()).up({ to: '1_users' })
    const { file } = await (await open()).backup()
    const failing = `case "$1" in --version) echo 'mongorestore version: 100.9.4';; *) echo 'Failed: cannot reach mongodb://me:hunter2@host/' >&2; exit 1;; esac`
    const broken = { ...env, GODWIT_MONGO_BIN: fakeTools({ mongorestore: failing }) }
    const error = await errorOf((await open({ env: broken })).restore(file, { clean: true, yes: true }))
    expect(error).toMatchObject({ code: 'GODWIT_RESTORE_HALFWAY', exitCode: 7 })
    expect(error.message).not.toContain('hunter2')
    const missing = await errorOf(
      (await open({ env: { ...env, GODWIT_MONGO_BIN: folder } })).restore(file, { clean: true, yes: true }),
    )
    expect(missing).toMatchObject({ code: 'GODWIT_BACKUP_TOOL' })
  })

  test('that is not what is said beside it is told', async () => {
    const { open } = await shop()
    await (await open()).up()
    const { file } = await (await open()).backup()
    const manifest = JSON.parse(readFileSync(`${file}.json`, 'utf8'))
    manifest.tables = manifest.tables.map((each: { name: string }) =>
      each.name === 'users' ? { ...each, rows: 5 } : each,
    )
    writeFileSync(`${file}.json`, JSON.stringify(manifest))
    const error = await errorOf((await open()).verifyBackup(file))
    expect(error).toMatchObject({ code: 'GODWIT_BACKUP_DIFFERS' })
    expect(error.message).toContain('users has 1 rows instead of 5')
  })
})
