import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { createMongoDatabase, describeMongo, type TestMongoDatabase } from '../support/mongodb.js'
import { serverHas } from '../support/mongodb-has.js'
import { type Outcome, type Running, start } from './run-cli.js'

const modules = dirname(dirname(createRequire(import.meta.url).resolve('mongodb/package.json')))

interface MongoCli {
  folder: string
  target: TestMongoDatabase
  run: (...args: string[]) => Promise<Outcome>
  start: (...args: string[]) => Running
}

/** A folder of migrations for MongoDB; the bodies of `up` by name. */
async function mongoCli(ups: Record<string, string>, driver = 'mongodb'): Promise<MongoCli> {
  const target = await createMongoDatabase()
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-mongo-cli-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'node_modules'))
  mkdirSync(join(folder, 'migrations'))
  const { symlinkSync } = await import('node:fs')
  symlinkSync(join(modules, driver), join(folder, 'node_modules/mongodb'), 'junction')
  const config = { format: 'mongo', migrations: 'migrations', database: target.url, shadow: target.url }
  writeFileSync(join(folder, 'package.json'), '{ "name": "calls" }')
  writeFileSync(join(folder, 'godwit.config.json'), JSON.stringify(config))
  for (const [name, body] of Object.entries(ups))
    writeFileSync(
      join(folder, `migrations/${name}.js`),
      `exports.migration = { name: '${name}', up: async ({ db, log }) => { ${body} }, down: async ({ db }) => {} }`,
    )
  const begin = (...args: string[]) => start(folder, {}, args)
  return { folder, target, start: begin, run: (...args) => begin(...args).ended }
}

const changesMany = await serverHas('a hundred thousand documents', async (db) => {
  const few = db.collection('few')
  await few.insertMany(Array.from({ length: 800 }, (_, n) => ({ n })))
  const started = performance.now()
  await few.updateMany({}, { $set: { seen: true } })
  const seconds = (performance.now() - started) / 1_000
  if (seconds > 1) throw new Error(`the server took ${seconds.toFixed(1)} s to change 800`)
})

describeMongo('the command line on MongoDB', () => {
  test('status, up, log: what was done is told, with what a migration says of itself', async () => {
    const { run } = await mongoCli({ '001-a': "log('1 of 1'); await db.collection('a').insertOne({})" })
    expect(await run('status')).toMatchObject({ code: 0, stdout: expect.stringContaining('pending') })
    const up = await run('up')
    expect(up).toMatchObject({ code: 0, stderr: '' })
    expect(up.stdout).toMatch(/a: 1 of 1[\s\S]*✓ 001-a/)
    expect((await run('log')).stdout).not.toContain('role')
    expect(await run('up')).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to do') })
  })

  test.each(['mongodb', 'mongodb-6'])('with the driver that is installed as %s: up, down, up', async (driver) => {
    const { run, target } = await mongoCli({ '001-a': "await db.collection('a').insertOne({})" }, driver)
    for (const verb of ['up', 'down', 'up']) expect(await run(verb)).toMatchObject({ code: 0, stderr: '' })
    expect(await target.db.collection('a').countDocuments()).toBe(2)
  })

  test('fifty starters at once: each migration once, every process exits with 0', async () => {
    const body = (name: string) => `await db.collection('ran').insertOne({ name: '${name}' })`
    const { target, start } = await mongoCli({ '001-a': body('a'), '002-b': body('b'), '003-c': body('c') })
    const ended = await Promise.all(Array.from({ length: 50 }, () => start('up').ended))
    expect(ended.filter(({ code }) => code !== 0)).toEqual([])
    expect(await target.db.collection('ran').countDocuments()).toBe(3)
    expect(await target.db.collection('migrations').countDocuments()).toBe(3)
  }, 240_000)

  test('one that ended and is not in the history is not said to have stopped in the middle', async () => {
    const { target, run } = await mongoCli({ '001-a': "await db.collection('a').insertOne({})" })
    await run('up')
    // Its runner died behind the history; then another tool undid it.
    await target.db.collection('godwit_steps').updateOne({}, { $set: { outcome: 'open', finishedAt: null } })
    await target.db.collection('migrations').deleteMany({})
    const { stdout } = await run('status')
    expect(stdout).toMatch(/failed +ended, and is not recorded: that was lost, or taken back by another tool/)
  })

  test('what the server refuses is told as said by MongoDB', async () => {
    const { run } = await mongoCli({
      '001-twice': "for (const _id of [1, 1]) await db.collection('a').insertOne({ _id })",
    })
    expect(await run('up')).toMatchObject({ code: 7, stderr: expect.stringContaining('  MongoDB says: ') })
  })

  test.skipIf(process.platform === 'win32')(
    'a runner that is frozen past its lease is taken over, and writes nothing when it wakes',
    async () => {
      const slow = `await db.collection('ran').insertOne({ name: 'slow' }); await new Promise((r) => setTimeout(r, 2_000))`
      const { target, start, run } = await mongoCli({
        '001-slow': slow,
        '002-b': "await db.collection('b').insertOne({})",
      })
      const frozen = start('up')
      while ((await target.db.collection('ran').countDocuments()) === 0) await sleep(20)
      frozen.child.kill('SIGSTOP')
      const other = await run('up', '--wait', '40')
      // The start was marked: what the frozen one did is not known.
      expect(other).toMatchObject({ code: 5, stderr: expect.stringContaining('001-slow') })
      expect((await run('resolve', '001-slow', '--applied')).code).toBe(0)
      frozen.child.kill('SIGCONT')
      const woken = await frozen.ended
      expect(woken.code).not.toBe(0)
      expect(await target.db.collection('migrations').countDocuments({ name: '001-slow' })).toBe(1)
      expect(await target.db.collection('migrations').countDocuments({ name: '002-b' })).toBe(0)
      expect(await target.db.collection('b').countDocuments()).toBe(0)
    },
  )

  test('Ctrl-C stops a function behind its grace; it is failed, and the lease is given back', async () => {
    const { target, start, run } = await mongoCli({
      '001-slow': "await db.collection('ran').insertOne({}); await new Promise((r) => setTimeout(r, 30_000))",
    })
    const stopped = start('up', '--grace', '200ms')
    while ((await target.db.collection('ran').countDocuments()) === 0) await sleep(20)
    stopped.child.kill('SIGINT')
    expect(await stopped.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('resolve 001-slow') })
    expect((await run('unlock')).stdout).toContain('Nobody holds the lock')
    expect((await run('status')).stdout).toContain('failed')
  })

  test.skipIf(!changesMany)('a hundred thousand documents, with progress', async () => {
    const { target, run } = await mongoCli({
      '001-many': `const many = db.collection('many')
        for (let at = 0; at < 100_000; at += 10_000) {
          await many.insertMany(Array.from({ length: 10_000 }, (_, i) => ({ n: at + i })))
          log(\`\${at + 10_000} of 100000\`)
        }
        await many.updateMany({}, { $set: { seen: true } })`,
    })
    const { code, stdout } = await run('up')
    expect(code).toBe(0)
    expect(stdout.match(/of 100000/g)).toHaveLength(10)
    expect(await target.db.collection('many').countDocuments({ seen: true })).toBe(100_000)
  })

  test('check-idempotent tells what may be run twice, and leaves no scratch database', async () => {
    const { target, run } = await mongoCli({
      '001-users': "await db.collection('users').insertOne({ _id: 1 })",
      '002-set': "await db.collection('users').updateMany({ a: { $exists: false } }, { $set: { a: 1 } })",
      '003-add': "await db.collection('users').insertOne({ n: 1 })",
      '004-throws': "await db.collection('users').insertOne({ _id: 4 })",
    })
    expect(await run('check-idempotent', '002')).toMatchObject({ code: 0 })
    const added = await run('check-idempotent', '003', '--json')
    expect(added.code).toBe(3)
    expect(JSON.parse(added.stdout)).toEqual({
      name: '003-add',
      idempotent: false,
      changed: [{ collection: 'users', before: 2, after: 3 }],
    })
    expect(await run('check-idempotent', '004')).toMatchObject({ code: 3, stdout: expect.stringContaining('E11000') })
    expect(await target.db.listCollections().toArray()).toEqual([])
    const { databases } = await target.client.db().admin().listDatabases()
    expect(databases.filter(({ name }) => name.startsWith('godwit_shadow_'))).toEqual([])
  })

  test('godwit db says how to get a server where none can be started, and why one did not start', async () => {
    const { folder } = await mongoCli({})
    const none = await start(folder, { PATH: '/nowhere' }, ['db']).ended
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('docker run -p 27017:27017 mongo') })
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'mongod'), '#!/bin/sh\necho no space left >&2\nexit 100\n', { mode: 0o755 })
    const broken = await start(folder, { PATH: bin }, ['db']).ended
    expect(broken).toMatchObject({ code: 8, stderr: expect.stringContaining('code 100: no space left') })
  })
})
