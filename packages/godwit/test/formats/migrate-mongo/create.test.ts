import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { openFormat, peerIn } from './support/peer.js'

const now = new Date('2024-05-06T07:08:09Z')

async function create(
  files: Record<string, string>,
  { name = 'add users', template, config }: { name?: string; template?: string; config?: object } = {},
) {
  const { dir, format } = await openFormat(files, config === undefined ? {} : { config })
  const made = await format.create(name, { now, ...(template === undefined ? {} : { template }) })
  const [file] = made.files
  if (file === undefined) throw new Error('no file')
  return { dir, format, name: made.name, path: relative(dir, file.path), file }
}

test.each([
  ['add users', '20240506070809-add_users'],
  ['blacklist_the-Beatles', '20240506070809-blacklist_the-Beatles'],
  ['ünïcode  twice', '20240506070809-ünïcode__twice'],
  ['a/b: c', '20240506070809-a_b__c'],
])('%s becomes %s', async (name, expected) => {
  const made = await create({}, { name })
  expect(made).toMatchObject({ name: expected, path: join('migrations', `${expected}.js`) })
})

test('names are as migrate-mongo makes them', async () => {
  const { dir, path } = await create({ 'migrations/': '' }, { name: 'a big change' })
  const peers = await peerIn(dir).create('a big change')
  expect(basename(path).replace(/^\d{14}/, '')).toBe(peers.replace(/^\d{14}/, ''))
})

test.each(['', '..', '-', ' '])('%j is no name', async (name) => {
  await expect(create({}, { name })).rejects.toMatchObject({ code: 'GODWIT_NAME_UNUSABLE' })
})

test('two in one second keep their order', async () => {
  const { name } = await create({ 'migrations/20240506070809-first.js': '' })
  expect(name).toBe('20240506070810-add_users')
})

test.each<[string, Record<string, string>, { template?: string; config?: object }, RegExp]>([
  ['.js', { 'package.json': '{ "type": "commonjs" }' }, {}, /module\.exports/],
  ['.js', { 'package.json': '{ "type": "module" }' }, {}, /export const up/],
  ['.js', {}, {}, /module\.exports/],
  ['.js', {}, { config: { moduleSystem: 'esm' } }, /export const up/],
  ['.mjs', {}, { template: 'mjs' }, /export const up/],
  [
    '.cjs',
    { 'package.json': '{ "type": "module" }', 'migrate-mongo-config.cjs': '' },
    { template: 'cjs' },
    /module\.exports/,
  ],
  ['.ts', {}, { config: { migrationFileExtension: '.ts' } }, /db: Db/],
])('what is made as %s with %j and %j can be run', async (ending, files, options, text) => {
  const { format, path, file } = await create(files, options)
  expect(path).toBe(`migrations/20240506070809-add_users${ending}`)
  expect(file.content).toMatch(text)
  mkdirSync(dirname(file.path), { recursive: true })
  writeFileSync(file.path, file.content)
  const [listed] = await format.list()
  if (listed === undefined) throw new Error('it is not listed')
  expect(readFileSync(listed.file, 'utf8')).toBe(file.content)
  for (const direction of ['up', 'down'] as const)
    expect(await format.load(listed, direction)).toMatchObject({ kind: 'documents', transaction: false })
})

test('it begins with the project’s own sample, or with a template', async () => {
  const own = {
    'migrations/sample-migration.js': '// ours',
    'migrations/sample-migration.ts': '// typed',
    'mine.mjs': '// {{name}}',
  }
  expect((await create(own)).file.content).toBe('// ours')
  expect((await create(own, { config: { migrationFileExtension: '.ts' } })).file.content).toBe('// typed')
  const made = await create(own, { template: 'mine.mjs' })
  expect(made.path).toBe('migrations/20240506070809-add_users.mjs')
  expect(made.file.content).toBe('// 20240506070809-add_users')
})
