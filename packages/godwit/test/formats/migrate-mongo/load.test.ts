import { MongoClient } from 'mongodb'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Body, DocumentWork } from '../../../src/formats/contract.js'
import type { Direction } from '../../../src/index.js'
import { openFormat } from './support/peer.js'

async function load(text: string, direction: Direction = 'up', ending = 'js'): Promise<Body | null> {
  const { format } = await openFormat({ [`migrations/20240101000000-a.${ending}`]: text })
  const [file] = await format.list()
  if (file === undefined) throw new Error('nothing was listed')
  return format.load(file, direction)
}

async function run(text: string, direction: Direction = 'up', ending = 'js') {
  const body = await load(text, direction, ending)
  if (body?.kind !== 'documents') throw new Error('no documents')
  const client = new MongoClient('mongodb://nowhere')
  onTestFinished(() => client.close())
  const work: DocumentWork = { client, db: client.db('d'), session: undefined, log: vi.fn(), url: '' }
  const seen: unknown[][] = []
  Object.assign(globalThis, { seen })
  onTestFinished(() => void Reflect.deleteProperty(globalThis, 'seen'))
  await body.run(work)
  return { body, work, seen }
}

test.each([
  [
    'js',
    'module.exports = { async up(...given) { seen.push(["up", ...given]) }, async down(...given) { seen.push(["down", ...given]) } }',
  ],
  [
    'cjs',
    'exports.up = function (...given) { seen.push(["up", ...given]) }\nexports.down = async (...given) => { seen.push(["down", ...given]) }',
  ],
  [
    'mjs',
    'export const up = async (...given) => { seen.push(["up", ...given]) }\nexport async function down(...given) { seen.push(["down", ...given]) }',
  ],
  [
    'mjs',
    'export default { async up(...given) { seen.push(["up", ...given]) }, down: (...given) => seen.push(["down", ...given]) }',
  ],
  [
    'ts',
    "import type { Db } from 'mongodb'\nexport async function up(...given: [Db]): Promise<void> { seen.push(['up', ...given]) }\nexport const down = async (...given: unknown[]) => { seen.push(['down', ...given]) }",
  ],
  [
    'mts',
    'class M { tag = "own"; up(...given: unknown[]) { seen.push(this.tag && "up", ...[given].flat()) } down() {} }\nexport default new M()',
  ],
])('a .%s is called with the database and the client', async (ending, text) => {
  const { seen, work, body } = await run(text, 'up', ending)
  expect(seen.flat()).toEqual(['up', work.db, work.client])
  expect(body).toMatchObject({ transaction: false, idempotent: false })
  if (text.includes('"down",') || text.includes("'down',"))
    expect((await run(text, 'down', ending)).seen.flat()).toEqual(['down', expect.anything(), expect.anything()])
})

test('a method has its object', async () => {
  const { seen } = await run('module.exports = { word: 1, up() { seen.push([this.word]) }, down: false }')
  expect(seen).toEqual([[1]])
})

test.each([
  'exports.up = (db, client, callback) => { seen.push([db, client]); setTimeout(callback, 5) }',
  'exports.up = function (db, client, done) { setTimeout(() => { seen.push([db, client]); done(null, 1) }, 5) }',
])('waits for the callback of old: %s', async (text) => {
  const { seen, work } = await run(`${text}\nexports.down = false`)
  expect(seen).toEqual([[work.db, work.client]])
})

test('the oldest callbacks came behind the database alone', async () => {
  const { seen, work } = await run(
    'exports.up = (db, cb) => { seen.push([db, typeof cb]); cb() }\nexports.down = false',
  )
  expect(seen).toEqual([[work.db, 'function']])
})

test.each([
  ['exports.up = async () => { throw new Error("boom") }'],
  ['exports.up = () => { throw new Error("boom") }'],
  ['exports.up = (db, client, next) => { setTimeout(() => next(new Error("boom")), 5) }'],
  ['exports.up = async (db, client, next) => { throw new Error("boom") }'],
])('what fails fails: %s', async (text) => {
  await expect(run(`${text}\nexports.down = false`)).rejects.toThrow('boom')
})

test('who asks for it gets a session and a log', async () => {
  const asked = 'exports.up = async (db, client, { session, log } = {}) => { log("at 1"); seen.push([session]) }'
  const { seen, work, body } = await run(`${asked}\nexports.down = false`)
  expect(seen).toEqual([[undefined]])
  expect(work.log).toHaveBeenCalledWith('at 1')
  expect(body.transaction).toBe(false)
})

test('a third parameter of another meaning keeps its default', async () => {
  const { seen } = await run(
    'exports.up = async (db, client, size = 100) => { seen.push([size]) }\nexports.down = false',
  )
  expect(seen).toEqual([[100]])
})

test('`transaction` and `idempotent` are read from the module', async () => {
  const up = 'exports.up = async (db, client, { session } = {}) => {}\nexports.down = false\n'
  expect(await load(`${up}exports.transaction = true`)).toMatchObject({ transaction: true, idempotent: false })
  expect(await load(`${up}exports.idempotent = true`)).toMatchObject({ transaction: false, idempotent: true })
  const beside = 'export default { up(db, client, work) {}, down: false }\nexport const transaction = true'
  expect(await load(beside, 'up', 'mjs')).toMatchObject({ transaction: true })
})

test('`transaction` wants a function that takes the session', async () => {
  const text =
    'exports.transaction = true\nexports.up = async (db, client, { session }) => {}\nexports.down = async (db) => {}'
  expect(await load(text)).toMatchObject({ transaction: true })
  const refused = {
    code: 'GODWIT_MONGO_TRANSACTION',
    message: expect.stringContaining("20240101000000-a.js says 'transaction: true', and its 'down'"),
  }
  await expect(load(text, 'down')).rejects.toMatchObject(refused)
  const callback = 'exports.transaction = true\nexports.up = (db, client, done) => done()\nexports.down = false'
  await expect(load(callback)).rejects.toMatchObject({ code: 'GODWIT_MONGO_TRANSACTION' })
})

test('without a way back it must say so', async () => {
  const refused = {
    code: 'GODWIT_MONGO_NO_DOWN',
    exitCode: 2,
    message: expect.stringContaining('migrations/20240101000000-a.js'),
  }
  for (const direction of ['up', 'down'] as const) {
    await expect(load('exports.up = async () => {}', direction)).rejects.toMatchObject(refused)
    await expect(load('exports.up = async () => {}; exports.down = null', direction)).rejects.toMatchObject(refused)
  }
  expect(await load('exports.up = async () => {}; exports.down = false', 'down')).toBeNull()
  expect(await load('export const up = async () => {}\nexport const down = false', 'down', 'mjs')).toBeNull()
})

test.each([
  ['', 'exports nothing as'],
  ['exports.up = "sql"', 'exports a string as'],
  ['module.exports = 5', 'exports nothing as'],
])('without a function `up` it is no migration: %s', async (text, says) => {
  const refused = { code: 'GODWIT_MIGRATE_MONGO_NO_UP', message: expect.stringContaining(says) }
  await expect(load(text)).rejects.toMatchObject(refused)
})
