import { expect, test } from 'vitest'
import { readDocuments } from '../../src/lint/reading/read-documents.js'

const callsIn = (text: string, name = '001') =>
  readDocuments('/project/001.ts', text, name).notIdempotent.map(({ line, call }) => `${line} ${call}`)

test.each([
  [
    "export const migration = {\n  name: '001',\n  async up({ db }) {\n    await db.collection('a').insertOne({ b: 1 })\n  },\n  down: false,\n}",
    '4 insertOne',
  ],
  [
    "module.exports = {\n  async up(db) {\n    await db.collection('a').insertMany([{}])\n  },\n  async down() { await x() }\n}",
    '3 insertMany',
  ],
  [
    "export async function up(db) {\n  await db.collection('a').updateMany({}, { $inc: { n: 1 } })\n}",
    '2 updateMany with $inc',
  ],
])('a write that a second run repeats is found: %s', (text, found) => {
  expect(callsIn(text)).toEqual([found])
})

test.each([
  [
    "export async function up(db) {\n  if (await db.collection('a').findOne({})) return\n  await db.collection('a').insertOne({})\n}",
  ],
  ["export async function up(db) {\n  await db.collection('a').updateOne({}, { $inc: { n: 1 } }, { upsert: true })\n}"],
  ["export async function up(db) {\n  try { await db.collection('a').insertOne({}) } catch {}\n}"],
  ["export async function up(db) {\n  await db.collection('a').updateMany({}, { $set: { n: 1 } })\n}"],
  [
    "export default { name: '001', idempotent: true, up: async ({ db }) => { await db.collection('a').insertOne({}) } }",
  ],
  [
    "export default { name: '001', transaction: true, up: async ({ db }) => { await db.collection('a').insertOne({}) } }",
  ],
])('a look, an upsert, a catch, and a word for it are believed: %s', (text) => {
  expect(callsIn(text)).toEqual([])
})

test('of several in one file the one of that name is read', () => {
  const text =
    "export const migrations = [\n  { name: 'a', async up({ db }) { await db.collection('x').insertOne({}) }, async down() { y() } },\n  { name: 'b', async up() { z() } },\n]"
  expect(callsIn(text, 'a')).toEqual(['2 insertOne'])
  expect(callsIn(text, 'b')).toEqual([])
  expect(readDocuments('/p/1.ts', text, 'a').lacksDown).toBe(false)
  expect(readDocuments('/p/1.ts', text, 'b').lacksDown).toBe(true)
  expect(readDocuments('/p/1.ts', text, 'c').notListed).toEqual([{ line: 1, what: 'its up' }])
})

test('a down that is refused on purpose is one; an empty one is none', () => {
  const of = (down: string) => readDocuments('/p/1.js', `module.exports = { up() { a() }, ${down} }`, '1').lacksDown
  expect(of('down: false')).toBe(false)
  expect(of('down() { b() }')).toBe(false)
  expect(of('down() {}')).toBe(true)
})
