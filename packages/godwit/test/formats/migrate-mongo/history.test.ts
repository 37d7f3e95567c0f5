import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { Document } from 'mongodb'
import { expect, test } from 'vitest'
import { createMongoDatabase, describeMongo } from '../../support/mongodb.js'
import { openFormat, peerIn } from './support/peer.js'

const text = 'module.exports = { async up() {}, async down() {} }'
const files = { 'migrations/20240101000000-a.js': text, 'migrations/20240101000001-b.js': text }
const at = new Date('2024-05-06T07:08:09.123Z')
const runAt = new Date('2024-05-06T07:08:00.001Z')

test('a document names the file that is there, and any ending is the same migration', async () => {
  const { format } = await openFormat(files, { config: { migrationFileExtension: '.ts' } })
  const { read, record, find } = format.history
  const [file] = await format.list()
  expect(record({ name: '20240101000000-a', file, at, runAt })).toEqual({
    fileName: '20240101000000-a.js',
    appliedAt: at,
    migrationBlock: runAt.getTime(),
  })
  expect(record({ name: 'gone', file: undefined, at, runAt })).toMatchObject({ fileName: 'gone.ts' })
  for (const fileName of ['20240101000000-a.ts', '20240101000000-a.js', '20240101000000-a.mjs', '20240101000000-a'])
    expect(read({ fileName, appliedAt: at })).toEqual({ name: '20240101000000-a', appliedAt: at, checksum: null })
  expect(read({ fileName: 'a.sql.js', appliedAt: 'once' })).toEqual({ name: 'a.sql', appliedAt: null, checksum: null })
  expect(read({ some: 'thing' })).toBeUndefined()
  expect(find('a')).toEqual({ fileName: { $in: ['a.ts', 'a.js', 'a.cjs', 'a.mjs', 'a.cts', 'a.mts', 'a'] } })
  // The `.js` of a migration that is called `a.ts`, and no other's file.
  expect(find('a.ts').fileName.$in).not.toContain('a.ts')
})

test('a checksum is compared where both are of the file that migrate-mongo sees', async () => {
  const { format } = await openFormat(files, { config: { useFileHash: true } })
  const { read } = format.history
  expect(read({ fileName: 'a.js', fileHash: 'ab', appliedAt: at })?.checksum).toBe('ab')
  expect(read({ fileName: 'a.ts', fileHash: 'ab', appliedAt: at })?.checksum).toBeNull()
  expect(read({ fileName: 'a.js', appliedAt: at })?.checksum).toBeNull()
  const without = await openFormat(files)
  expect(without.format.history.read({ fileName: 'a.js', fileHash: 'ab', appliedAt: at })?.checksum).toBeNull()
})

test('the hash of a file that migrate-mongo does not see is made when it is recorded', async () => {
  const { format } = await openFormat({ 'migrations/20240101000000-a.mjs': text }, { config: { useFileHash: true } })
  const [file] = await format.list()
  const fileHash = createHash('sha256').update(text).digest('hex')
  expect(format.history.record({ name: '20240101000000-a', file, at, runAt })).toMatchObject({ fileHash })
})

describeMongo('on a server', () => {
  test.each([false, true])('documents are as migrate-mongo writes them, with useFileHash %s', async (useFileHash) => {
    const { db, client } = await createMongoDatabase()
    const { dir, format } = await openFormat(files, { config: { useFileHash } })
    const peer = peerIn(dir, { useFileHash })
    expect(await peer.up(db, client)).toEqual(Object.keys(files).map((file) => basename(file)))
    const peers = await db.collection('changelog').find().sort({ fileName: 1 }).toArray()
    for (const [index, file] of (await format.list()).entries()) {
      const written = format.history.record({ name: file.name, file, at, runAt })
      await db.collection('mine').insertOne({ ...written })
      const { _id, ...fields } = peers[index] as Document
      expect(Object.keys(written)).toEqual(Object.keys(fields))
      const { appliedAt, migrationBlock, ...same } = fields
      expect(written).toMatchObject(same)
      expect(format.history.read(peers[index] as Document)).toEqual({
        name: file.name,
        appliedAt,
        checksum: useFileHash ? file.checksum : null,
        block: migrationBlock,
      })
      expect(await db.collection('changelog').countDocuments(format.history.find(file.name))).toBe(1)
    }
    const types = async (name: string) => {
      const stored = await db.collection(name).find({}, { promoteValues: false }).toArray()
      return stored.map(({ appliedAt, migrationBlock }) => [appliedAt instanceof Date, migrationBlock._bsontype])
    }
    expect(await types('mine')).toEqual(await types('changelog'))
    expect(await types('mine')).toContainEqual([true, 'Double'])
  })

  test('migrate-mongo sees and undoes what is recorded as this format records it', async () => {
    const { db, client } = await createMongoDatabase()
    const { dir, format } = await openFormat(files, { config: { useFileHash: true } })
    const peer = peerIn(dir, { useFileHash: true })
    for (const file of await format.list())
      await db.collection('changelog').insertOne(format.history.record({ name: file.name, file, at, runAt }))
    expect((await peer.status(db)).map(({ appliedAt }) => appliedAt)).toEqual([at.toJSON(), at.toJSON()])
    expect(await peer.up(db, client)).toEqual([])
    Object.assign(globalThis, { options: { block: true } })
    expect(await peer.down(db, client)).toEqual(['20240101000001-b.js', '20240101000000-a.js'])
    Object.assign(globalThis, { options: undefined })
    expect(await db.collection('changelog').countDocuments()).toBe(0)
  })

  test('what was loaded works on the server', async () => {
    const { db, client, url } = await createMongoDatabase()
    const albums = `module.exports = {
      async up(db, client) { await db.collection('albums').insertOne({ n: 1 }); await client.db(db.databaseName).collection('albums').insertOne({ n: 2 }) },
      async down(db) { await db.collection('albums').drop() } }`
    const { format } = await openFormat({ 'migrations/1-albums.js': albums })
    const [file] = await format.list()
    if (file === undefined) throw new Error('nothing was listed')
    const go = async (direction: 'up' | 'down') => {
      const body = await format.load(file, direction)
      if (body?.kind === 'documents') await body.run({ db, client, url, session: undefined, log() {} })
      return db.collection('albums').countDocuments()
    }
    expect(await go('up')).toBe(2)
    expect(await go('down')).toBe(0)
  })
})
