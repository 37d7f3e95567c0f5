import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openProject, type Project } from '../../../src/index.js'
import { createMongoDatabase, describeMongo, type TestMongoDatabase } from '../../support/mongodb.js'
import { serverHas } from '../../support/mongodb-has.js'
import { scratchFolder } from '../scratch-folder.js'
import { type Peer, peerIn } from './support/peer.js'

const inserting = (n: number) => `module.exports = {
  async up(db) { await db.collection('albums').insertOne({ n: ${n} }) },
  async down(db) { await db.collection('albums').deleteOne({ n: ${n} }) } }`
const [a, b, c] = ['20240101000000-a', '20240101000000-a-b', '20240201000000-c'] as const
const three = { [`${a}.js`]: inserting(1), [`${b}.js`]: inserting(2), [`${c}.js`]: inserting(3) }
// In migrate-mongo's order, and so in both tools'.
const inOrder = [b, a, c]
const fileNames = inOrder.map((name) => `${name}.js`)

interface Both extends TestMongoDatabase {
  dir: string
  peer: Peer
  put: (files: Record<string, string>) => void
  godwit: (options?: { wait?: string; config?: string }) => Promise<Project>
  /** `name state`. */
  states: () => Promise<string[]>
  /** Without what differs from run to run. */
  rows: () => Promise<object[]>
  albums: () => Promise<number[]>
}

/** One project, both tools. */
async function both(files: Record<string, string>, config: object = {}): Promise<Both> {
  const database = await createMongoDatabase()
  const { db, url, name } = database
  const server = url.replace(`/${name}`, '/')
  const own = { mongodb: { url: server, databaseName: name }, changelogCollectionName: 'changelog', ...config }
  const dir = await scratchFolder({
    'package.json': '{ "name": "app" }',
    'migrate-mongo-config.js': `module.exports = ${JSON.stringify(own)}`,
    'migrations/': '',
  })
  const put: Both['put'] = (more) => {
    for (const [file, text] of Object.entries(more)) writeFileSync(join(dir, 'migrations', file), text)
  }
  put(files)
  const godwit: Both['godwit'] = ({ wait, config: named } = {}) =>
    openProject({
      cwd: dir,
      env: {},
      wait,
      ...(named === undefined ? {} : { overrides: { migrateMongo: { config: named } } }),
    })
  return {
    ...database,
    dir,
    put,
    peer: peerIn(dir, config),
    godwit,
    states: async () => (await (await godwit()).status()).migrations.map((each) => `${each.name} ${each.state}`),
    rows: async () =>
      (await db.collection('changelog').find().toArray()).map(({ _id, appliedAt, migrationBlock, ...row }) => {
        return { ...row, dated: appliedAt instanceof Date, block: typeof migrationBlock }
      }),
    albums: async () => (await db.collection('albums').find().sort({ n: 1 }).toArray()).map(({ n }) => n as number),
  }
}

async function up(project: Both, step?: number): Promise<string[]> {
  const report = await (await project.godwit()).up(step === undefined ? {} : { step })
  if (report.error) throw report.error
  return report.steps.map(({ name }) => name)
}

async function down(project: Both, request: object = {}): Promise<string[]> {
  const report = await (await project.godwit()).down(request)
  if (report.error) throw report.error
  return report.steps.map(({ name }) => name)
}

function asPeer<T>(options: object, work: () => Promise<T>): Promise<T> {
  Object.assign(globalThis, { options })
  return work().finally(() => Object.assign(globalThis, { options: undefined }))
}

describeMongo('migrate-mongo and Godwit on one database', () => {
  test.each([{}, { useFileHash: true }])('leave the same rows behind, with %j', async (config) => {
    const byPeer = await both(three, config)
    expect(await byPeer.peer.up(byPeer.db, byPeer.client)).toEqual(fileNames)
    const byGodwit = await both(three, config)
    expect(await up(byGodwit)).toEqual(inOrder)
    expect(await byGodwit.rows()).toEqual(await byPeer.rows())
    expect(await byGodwit.albums()).toEqual(await byPeer.albums())
    const blocks = await byGodwit.db.collection('changelog').distinct('migrationBlock')
    expect(blocks).toHaveLength(1)
  })

  test.each([{}, { useFileHash: true }])(
    'what migrate-mongo applied Godwit sees and undoes, with %j',
    async (config) => {
      const project = await both({ [`${b}.js`]: inserting(2) }, config)
      const { peer, db, client } = project
      expect(await peer.up(db, client)).toEqual([`${b}.js`])
      project.put(three)
      expect(await project.states()).toEqual([`${b} applied`, `${a} pending`, `${c} pending`])
      expect(await up(project, 1)).toEqual([a])
      expect(await peer.up(db, client)).toEqual([`${c}.js`])
      expect(await up(project)).toEqual([])
      expect(await project.states()).toEqual(inOrder.map((name) => `${name} applied`))
      expect(await down(project, { all: true })).toEqual([...inOrder].reverse())
      expect(await project.rows()).toEqual([])
      expect(await project.albums()).toEqual([])
      expect((await peer.status(db)).map(({ appliedAt }) => appliedAt)).toEqual(['PENDING', 'PENDING', 'PENDING'])
    },
  )

  test.each([{}, { useFileHash: true }])(
    'what Godwit applied migrate-mongo sees and undoes, with %j',
    async (config) => {
      const project = await both(three, config)
      const { peer, db, client } = project
      expect(await up(project)).toEqual(inOrder)
      expect(await peer.up(db, client)).toEqual([])
      const rows = await db.collection('changelog').find().toArray()
      const seen = await peer.status(db)
      expect(seen.map(({ fileName }) => fileName)).toEqual(fileNames)
      expect(seen.map(({ appliedAt }) => appliedAt)).toEqual(rows.map(({ appliedAt }) => (appliedAt as Date).toJSON()))
      expect(await peer.down(db, client)).toEqual([`${c}.js`])
      expect(await project.states()).toEqual([`${b} applied`, `${a} applied`, `${c} pending`])
      expect(await up(project)).toEqual([c])
      expect(await peer.down(db, client)).toEqual([`${c}.js`])
      expect(await asPeer({ block: true }, () => peer.down(db, client))).toEqual([`${a}.js`, `${b}.js`])
      expect(await project.rows()).toEqual([])
    },
  )

  test('what one of them undid the other applies again', async () => {
    const project = await both(three)
    const { peer, db, client } = project
    await peer.up(db, client)
    expect(await down(project)).toEqual([c])
    expect(await peer.up(db, client)).toEqual([`${c}.js`])
    expect(await peer.down(db, client)).toEqual([`${c}.js`])
    expect(await up(project)).toEqual([c])
    expect(await project.albums()).toEqual([1, 2, 3])
  })

  test('the built file is the migration that was recorded from its source, either way round', async () => {
    const project = await both({
      [`${a}.ts`]:
        'export const up = async () => {}\nexport const down = async (db: any) => { await db.collection("albums").deleteMany({}) }',
    })
    expect(await up(project)).toEqual([a])
    expect(await project.rows()).toMatchObject([{ fileName: `${a}.ts` }])
    rmSync(join(project.dir, 'migrations', `${a}.ts`))
    project.put({ [`${a}.js`]: inserting(1) })
    expect(await project.states()).toEqual([`${a} applied`])
    expect(await up(project)).toEqual([])
    expect(await down(project)).toEqual([a])
    expect(await project.rows()).toEqual([])
    await project.peer.up(project.db, project.client)
    renameSync(join(project.dir, 'migrations', `${a}.js`), join(project.dir, 'migrations', `${a}.cjs`))
    expect(await project.states()).toEqual([`${a} applied`])
    expect(await down(project)).toEqual([a])
  })

  test('a changed file is edited, also with useFileHash, where migrate-mongo would run it again', async () => {
    const project = await both({ [`${a}.js`]: inserting(1) }, { useFileHash: true })
    await up(project)
    project.put({ [`${a}.js`]: inserting(10) })
    expect(await project.states()).toEqual([`${a} edited`])
    await expect((await project.godwit()).up()).rejects.toMatchObject({ code: 'GODWIT_EDITED', exitCode: 5 })
    await (await project.godwit()).resolve(a, 'applied')
    expect(await project.states()).toEqual([`${a} applied`])
    expect(await project.peer.up(project.db, project.client)).toEqual([])
    expect(await project.albums()).toEqual([1])
  })

  test('another line ending is no change, and one from before the adoption is only told', async () => {
    const project = await both({ [`${a}.js`]: inserting(1) }, { useFileHash: true })
    await project.peer.up(project.db, project.client)
    const first = async () => (await (await project.godwit()).status()).migrations[0]
    project.put({ [`${a}.js`]: inserting(1).replaceAll('\n', '\r\n') })
    expect(await first()).toMatchObject({ state: 'applied' })
    expect(await first()).not.toHaveProperty('warning')
    project.put({ [`${a}.js`]: inserting(10) })
    expect(await first()).toMatchObject({ state: 'applied', warning: 'edited-before-adoption' })
  })

  test('a migration that migrate-mongo ran again has several rows and is one', async () => {
    const project = await both({ [`${a}.js`]: inserting(1), [`${c}.js`]: inserting(3) }, { useFileHash: true })
    const { peer, db, client } = project
    await peer.up(db, client)
    project.put({ [`${a}.js`]: inserting(1).concat('\n') })
    expect(await peer.up(db, client)).toEqual([`${a}.js`])
    expect(await project.rows()).toHaveLength(3)
    const { migrations } = await (await project.godwit()).status()
    expect(migrations.map(({ name, state }) => `${name} ${state}`)).toEqual([`${a} applied`, `${c} applied`])
    expect(migrations[0]).not.toHaveProperty('warning')
    expect(await down(project, { all: true })).toEqual([a, c])
    expect(await project.rows()).toEqual([])
  })

  test('down by block undoes what one run of either tool applied', async () => {
    const project = await both({ [`${b}.js`]: inserting(2) })
    await project.peer.up(project.db, project.client)
    project.put(three)
    await up(project)
    expect(await down(project, { block: true })).toEqual([c, a])
    await project.peer.up(project.db, project.client)
    expect(await down(project, { block: true })).toEqual([c, a])
    expect(await down(project, { block: true })).toEqual([b])
    expect(await down(project, { block: true })).toEqual([])
  })

  test('of rows from before there were blocks, down by block undoes one', async () => {
    const project = await both(three)
    for (const [minute, fileName] of fileNames.entries())
      await project.db.collection('changelog').insertOne({ fileName, appliedAt: new Date(2024, 0, 1, 0, minute) })
    expect(await down(project, { block: true })).toEqual([c])
    expect(await down(project, { block: true })).toEqual([a])
  })

  test('a config of another name is taken with -f', async () => {
    const project = await both(three, {})
    writeFileSync(
      join(project.dir, 'other.js'),
      "module.exports = { ...require('./migrate-mongo-config.js'), changelogCollectionName: 'log' }",
    )
    await (await project.godwit({ config: 'other.js' })).up({ step: 1 })
    expect(await project.db.collection('log').countDocuments()).toBe(1)
    expect(await project.states()).toEqual(inOrder.map((name) => `${name} pending`))
  })

  test('a new migration is written, applied and undone by both', async () => {
    const project = await both({})
    const made = await (await project.godwit()).create('add users')
    expect(made.name).toMatch(/^\d{14}-add_users$/)
    expect(await project.peer.up(project.db, project.client)).toEqual([`${made.name}.js`])
    expect(await down(project)).toEqual([made.name])
    expect(await up(project)).toEqual([made.name])
    expect(await project.peer.down(project.db, project.client)).toEqual([`${made.name}.js`])
  })

  test('with nothing to do no migration is imported', async () => {
    const project = await both({ [`${a}.js`]: 'throw new Error("imported")' })
    await project.db
      .collection('changelog')
      .insertOne({ fileName: `${a}.js`, appliedAt: new Date(), migrationBlock: 1 })
    expect(await up(project)).toEqual([])
  })
})

// migrate-mongo makes such an index for its lock, and hears of no refusal.
const expires = await serverHas('the lock of migrate-mongo', (db) =>
  db.collection('a').createIndex({ createdAt: 1 }, { expireAfterSeconds: 60 }),
)
const testLock = test.skipIf(!expires)

describeMongo('their locks', () => {
  const locked = { lockCollectionName: 'changelog_lock', lockTtl: 60 }
  const holding = `module.exports = {
    async up(db) { await db.collection('albums').insertOne({ n: 1 }); globalThis.entered(); await globalThis.released },
    async down() {} }`

  /** A migration that waits inside. */
  function gate(): { entered: Promise<void>; release: () => void } {
    let enter: () => void = () => {}
    let release: () => void = () => {}
    const entered = new Promise<void>((resolve) => {
      enter = resolve
    })
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    Object.assign(globalThis, { entered: enter, released })
    onTestFinished(release)
    return { entered, release }
  }

  testLock('while migrate-mongo runs Godwit waits, or exits with 6', async () => {
    const { entered, release } = gate()
    const project = await both({ [`${a}.js`]: holding, [`${c}.js`]: inserting(3) }, locked)
    const running = project.peer.up(project.db, project.client)
    await entered
    const refused = (await project.godwit({ wait: '0s' })).up()
    await expect(refused).rejects.toMatchObject({ code: 'GODWIT_LOCKED', exitCode: 6 })
    expect(await project.db.collection('changelog_lock').countDocuments()).toBe(1)
    const waiting = (await project.godwit({ wait: '60s' })).up()
    release()
    expect(await running).toEqual([`${a}.js`, `${c}.js`])
    expect((await waiting).steps).toEqual([])
    expect(await project.albums()).toEqual([1, 3])
    expect(await project.db.collection('changelog_lock').countDocuments()).toBe(0)
  })

  testLock('while Godwit runs migrate-mongo refuses, up and down', async () => {
    const { entered, release } = gate()
    const project = await both({ [`${a}.js`]: holding, [`${c}.js`]: inserting(3) }, locked)
    const running = (await project.godwit()).up({ step: 1 })
    await entered
    const { peer, db, client } = project
    await expect(peer.up(db, client)).rejects.toThrow('a lock is in place')
    await expect(peer.down(db, client)).rejects.toThrow('a lock is in place')
    release()
    expect((await running).steps).toMatchObject([{ name: a, outcome: 'done' }])
    expect(await db.collection('changelog_lock').countDocuments()).toBe(0)
    expect(await peer.up(db, client)).toEqual([`${c}.js`])
    expect(await project.albums()).toEqual([1, 3])
  })

  testLock('the index that ends a dead runner’s lock is the one that migrate-mongo makes', async () => {
    const index = async (work: (project: Both) => Promise<unknown>) => {
      const project = await both({ [`${a}.js`]: inserting(1) }, locked)
      await work(project)
      const found = (await project.db.collection('changelog_lock').indexes()) as { name?: string; ns?: string }[]
      return found.map(({ ns: _, ...each }) => each)
    }
    expect(await index((project) => up(project))).toEqual(await index(({ peer, db, client }) => peer.up(db, client)))
  })

  test('with lockTtl 0 there is no lock of migrate-mongo’s', async () => {
    const project = await both({ [`${a}.js`]: inserting(1) }, { ...locked, lockTtl: 0 })
    await up(project)
    const collections = await project.db.listCollections({}, { nameOnly: true }).toArray()
    expect(collections.map(({ name }) => name)).not.toContain('changelog_lock')
  })
})
