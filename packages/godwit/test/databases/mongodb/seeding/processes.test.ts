import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { start } from '../../../cli/run-cli.js'
import { createMongoDatabase, describeMongo } from '../../../support/mongodb.js'
import { serverHas } from '../../../support/mongodb-has.js'

const modules = dirname(dirname(createRequire(import.meta.url).resolve('mongodb/package.json')))
const godwit = join(import.meta.dirname, '../../../..')

/** A project with one seed of many users, and one that comes before it. */
async function project() {
  const { url, db } = await createMongoDatabase()
  await db.collection('users').createIndex({ email: 1 }, { unique: true })
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-mongo-seed-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['node_modules', 'migrations', 'seeds']) mkdirSync(join(folder, name))
  symlinkSync(join(modules, 'mongodb'), join(folder, 'node_modules/mongodb'), 'junction')
  symlinkSync(godwit, join(folder, 'node_modules/godwit'), 'junction')
  writeFileSync(join(folder, 'package.json'), '{ "name": "calls" }')
  const config = { format: 'mongo', migrations: 'migrations', seeds: 'seeds', database: url }
  writeFileSync(join(folder, 'godwit.config.json'), JSON.stringify(config))
  const users = `import { defineSeed } from 'godwit'
const rows = function* () { for (let n = 0; n < Number(process.env.ROWS); n++) yield { email: n + '@example.com', n } }
export default defineSeed({ collection: 'users', key: ['email'], rows })`
  writeFileSync(join(folder, 'seeds/users.mjs'), users)
  const state = async () => {
    const numbers = (
      await db
        .collection('users')
        .find({}, { projection: { n: 1 } })
        .toArray()
    ).map(({ n }) => Number(n))
    const parts = await db.collection('godwit_seed_rows').find().toArray()
    const recorded = parts.flatMap(({ ids }) => ids.map(String))
    const ids = (
      await db
        .collection('users')
        .find({}, { projection: { _id: 1 } })
        .toArray()
    ).map(({ _id }) => String(_id))
    return { numbers: numbers.sort((a, b) => a - b), recorded: recorded.sort(), ids: ids.sort() }
  }
  return { db, state, start: (env: Record<string, string>) => start(folder, env, ['seed']) }
}

// Some look at every document for each list of keys.
const looksUpMany = await serverHas('seeds of a hundred thousand documents', async (db) => {
  const few = db.collection('few')
  await few.createIndex({ n: 1 }, { unique: true })
  for (let from = 0; from < 10_000; from += 1_000)
    await few.insertMany(Array.from({ length: 1_000 }, (_, n) => ({ n: from + n })))
  const look = () => few.find({ n: { $in: Array.from({ length: 1_000 }, (_, n) => n * 5) } }).toArray()
  await look()
  const started = performance.now()
  await look()
  const seconds = (performance.now() - started) / 1_000
  if (seconds > 0.7) throw new Error(`the server took ${seconds.toFixed(1)} s to find 1,000 of 10,000 documents`)
})

const upTo = (rows: number) => Array.from({ length: rows }, (_, n) => n)

describeMongo('processes that seed MongoDB', () => {
  test('one that is killed in the middle leaves a half, and the next makes the same rows of it', async () => {
    const { db, state, start } = await project()
    const rows = 6_000
    const killed = start({ ROWS: `${rows}` })
    while ((await db.collection('users').countDocuments()) < 2_000) await sleep(5)
    killed.child.kill('SIGKILL')
    await killed.ended
    const half = await db.collection('users').countDocuments()
    expect(half).toBeLessThan(rows)
    const { code, stdout, stderr } = await start({ ROWS: `${rows}` }).ended
    expect([code, stdout], stderr).toEqual([0, expect.stringMatching(/users +6000 inserted/)])
    expect(stderr).toContain("The seed 'users' was stopped in the middle")
    const { numbers, recorded, ids } = await state()
    expect(numbers).toEqual(upTo(rows))
    expect(recorded).toEqual(ids)
  })

  test('two at once: each row once, both exit with 0', async () => {
    const { state, start } = await project()
    const both = await Promise.all([1, 2].map(() => start({ ROWS: '2500' }).ended))
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    const said = both.map(({ stdout }) => /users +(.*)/.exec(stdout)?.[1])
    expect(said.sort()).toEqual(['2500 inserted', '2500 unchanged'])
    const { numbers, recorded, ids } = await state()
    expect(numbers).toEqual(upTo(2_500))
    expect(recorded).toEqual(ids)
  })

  test.skipIf(!looksUpMany)(
    'a hundred thousand documents fit where little memory is, twice',
    async () => {
      const { db, start } = await project()
      const env = { ROWS: '100000', NODE_OPTIONS: '--max-old-space-size=40' }
      for (const outcome of ['inserted', 'unchanged']) {
        const { code, stdout, stderr } = await start(env).ended
        expect([code, stdout], stderr).toEqual([0, expect.stringContaining(`100000 ${outcome}`)])
      }
      expect(await db.collection('users').countDocuments()).toBe(100_000)
    },
    240_000,
  )
})
