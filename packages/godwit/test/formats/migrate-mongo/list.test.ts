import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import type { MigrationFile } from '../../../src/engine/migration.js'
import { byOrder } from '../../../src/engine/order.js'
import { migrationsDir, openFormat, peerIn } from './support/peer.js'

const text = 'module.exports = { async up() {}, async down() {} }'
const folder = (...names: string[]) => Object.fromEntries(names.map((name) => [`migrations/${name}`, text]))
const sorted = (files: MigrationFile[]) => files.toSorted(byOrder).map(({ file }) => basename(file))

const mixed = [
  '20240101000000-a.js',
  '20240101000000-a-b.js',
  '20240101000000-a_b.js',
  '20240101000000-A.js',
  '20231231235959-z.js',
  '2-early.js',
  '10-earlier.js',
  'notes.md',
  '20240101000001-it’s an ünïcode name.js',
  '20240102000000-dots.in.name.js',
  '20240102000000-x.test.js',
  '20240103000000-type.ts.js',
  'sample-migration.js',
  'plain.js',
]

test('finds and orders what migrate-mongo does', async () => {
  const { dir, format } = await openFormat({ ...folder(...mixed), 'migrations/sub/20240101000000-deep.js': text })
  peerIn(dir)
  expect(sorted(await format.list())).toEqual(await migrationsDir.getFileNames())
})

test('a folder is no migration, whatever it is called', async () => {
  const { format } = await openFormat({ 'migrations/20240101000000-a.js/b.js': text })
  expect(await format.list()).toEqual([])
})

test('imports nothing', async () => {
  const { format } = await openFormat({ 'migrations/20240101000000-a.js': 'throw new Error("imported")' })
  expect(await format.list()).toMatchObject([{ name: '20240101000000-a', reversible: 'unknown' }])
})

test('takes the config’s ending first, and another where only that is there', async () => {
  const names = [
    '20240101000000-both.ts',
    '20240101000000-both.js',
    '20240102000000-built.js',
    '20240103000000-module.mjs',
    'plain.ts',
    'helper.js',
    '20240104000000-types.d.ts',
    'sample-migration.ts',
    '.hidden.ts',
  ]
  const { format } = await openFormat(folder(...names), { config: { migrationFileExtension: '.ts' } })
  const taken = ['20240101000000-both.ts', '20240102000000-built.js', '20240103000000-module.mjs', 'plain.ts']
  expect(sorted(await format.list())).toEqual(taken)
})

test('two files of one name are refused', async () => {
  const { format } = await openFormat(folder('20240101000000-a.mjs', '20240101000000-a.cjs'))
  await expect(format.list()).rejects.toMatchObject({ code: 'GODWIT_DUPLICATE_NAME' })
})

test('a folder that is not there is said so', async () => {
  const { format } = await openFormat({})
  await expect(format.list()).rejects.toMatchObject({ code: 'GODWIT_FOLDER_MISSING' })
})

test('the folder stands in Godwit’s config, in migrate-mongo’s, or is the usual one', async () => {
  const files = Object.fromEntries(['a', 'b', 'migrations'].map((name) => [`${name}/1-in-${name}.js`, text]))
  const names = async (options: Parameters<typeof openFormat>[1]) =>
    (await (await openFormat(files, options)).format.list()).map(({ name }) => name)
  const config = { migrationsDir: 'b' }
  expect(await names({ migrations: 'a', config })).toEqual(['1-in-a'])
  expect(await names({ migrations: 'a/*.js', config })).toEqual(['1-in-a'])
  expect(await names({ config })).toEqual(['1-in-b'])
  expect(await names({})).toEqual(['1-in-migrations'])
})

test('another line ending, a BOM and the built file are no edit', async () => {
  const lines = 'exports.up = async () => {}\nexports.down = false\n'
  const crlf = `\ufeff${lines.replaceAll('\n', '\r\n')}`
  const one = await openFormat({ 'migrations/1-a.js': lines })
  const other = await openFormat({ 'migrations/1-a.js': crlf })
  const built = await openFormat({ 'migrations/1-a.ts': lines }, { config: { migrationFileExtension: '.ts' } })
  const hashes = await Promise.all([one, other, built].map(async ({ format }) => (await format.list())[0]?.hash))
  expect(hashes[0]).toBe(`js:${createHash('sha256').update(lines).digest('hex')}`)
  expect(hashes[1]).toBe(hashes[0])
  expect(hashes[2]).toBe(hashes[0]?.replace('js:', 'ts:'))
})

test('with useFileHash the checksum is migrate-mongo’s, and another line ending has another that means the same', async () => {
  const crlf = 'exports.up = async () => {}\r\nexports.down = false\r\n'
  const { dir, format } = await openFormat(
    { 'migrations/20240101000000-a.js': crlf, 'migrations/20240101000001-b.ts': crlf },
    { config: { useFileHash: true } },
  )
  peerIn(dir, { useFileHash: true })
  const [js, ts] = (await format.list()).toSorted(byOrder)
  const inLf = createHash('sha256').update(crlf.replaceAll('\r\n', '\n')).digest('hex')
  expect(js?.checksum).toBe(await migrationsDir.loadFileHash('20240101000000-a.js'))
  expect(js?.sameChecksums).toContain(inLf)
  expect(js?.sameChecksums).toContain(js?.checksum)
  expect(ts).not.toHaveProperty('checksum')
  const without = await openFormat({ 'migrations/20240101000000-a.js': crlf })
  expect((await without.format.list())[0]).not.toHaveProperty('checksum')
  expect(join(dir, 'migrations/20240101000000-a.js')).toBe(js?.file)
})

test('knows a place for a name whose file is gone', async () => {
  const { format } = await openFormat(folder('20240101000000-a.js'))
  const [file] = await format.list()
  expect(format.sortKeyOf('20240101000000-a')).toBe(file?.sortKey)
})
