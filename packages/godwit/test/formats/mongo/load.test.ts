import { expect, test } from 'vitest'
import type { MigrationFile } from '../../../src/engine/migration.js'
import { createProject } from './support/project.js'

async function loaded(text: string, direction: 'up' | 'down' = 'up', file = 'm/001-a.ts') {
  const project = createProject({ [file]: text }, [])
  const format = await project.open(file.startsWith('m/') ? 'm' : file)
  const [only] = await format.list()
  return format.load(only as MigrationFile, direction)
}

test('a migration says what it is', async () => {
  const base = `name: '001-a', up: async ({ db }) => {}, down: async ({ db }) => {}`
  expect(await loaded(`export const A = { ${base} }`)).toMatchObject({
    kind: 'documents',
    transaction: false,
    idempotent: false,
  })
  expect(await loaded(`export const A = { ${base}, transaction: true, idempotent: true }`, 'down')).toMatchObject({
    transaction: true,
    idempotent: true,
  })
})

test('whatever way a file exports it', async () => {
  const object = `{ name: '001-a', up: async ({ db }) => {}, down: false }`
  const cases: Record<string, string> = {
    'm/001-a.ts': `export default ${object}`,
    'm/001-b.mjs': `export default ${object}`,
    'm/001-c.mts': `const it = ${object}\nexport { it as migration }`,
    'm/001-d.js': `module.exports = ${object}`,
    'm/001-e.cjs': `exports.it = ${object}`,
    'm/001-f.cjs': `module.exports = { it: ${object} }`,
    'm/001-g.cjs': `module.exports = [${object}]`,
    'm/001-h.cts': `export = ${object}`,
    'm/001-i.mjs': `import it from './it.cjs'\nexport default it`,
  }
  for (const [file, text] of Object.entries(cases)) {
    const project = createProject({ 'm/it.cjs': `module.exports = ${object}`, [file]: text }, [])
    const format = await project.open(file.replace('.', '*.'))
    const [only, ...others] = await format.list()
    expect([only?.name, others], file).toEqual(['001-a', []])
    expect(await format.load(only as MigrationFile, 'up'), file).toMatchObject({ kind: 'documents' })
    expect(await format.load(only as MigrationFile, 'down'), file).toBeNull()
  }
})

test('there must be a way back, or a word that there is none', async () => {
  const facts = { code: 'GODWIT_MONGO_NO_DOWN', message: "m/001-a.ts has no 'down'.", details: { file: 'm/001-a.ts' } }
  const without = `export const A = { name: '001-a', up: async () => {} }`
  await expect(loaded(without)).rejects.toMatchObject(facts)
  await expect(loaded(without, 'down')).rejects.toMatchObject(facts)
  const irreversible = `export const A = { name: '001-a', up: async () => {}, down: false }`
  expect(await loaded(irreversible)).toMatchObject({ kind: 'documents' })
  expect(await loaded(irreversible, 'down')).toBeNull()
  await expect(loaded(`export const A = { name: '001-a', up() {}, down: 'no' }`)).rejects.toMatchObject({
    code: 'GODWIT_MONGO_NOT_A_MIGRATION',
    message: "The migration '001-a' in m/001-a.ts cannot be used: its 'down' is a string and not a function",
  })
})

test('a transaction is for functions that take the session', async () => {
  const of = (up: string, down = 'async ({ db }) => {}') =>
    `export const A = { name: '001-a', transaction: true, up: ${up}, down: ${down} }`
  for (const up of ['async () => {}', 'async function up() {}', 'function ( ) {}'])
    await expect(loaded(of(up)), up).rejects.toMatchObject({
      code: 'GODWIT_MONGO_TRANSACTION',
      message: "001-a in m/001-a.ts says 'transaction: true', and its 'up' takes no session.",
    })
  for (const up of ['async (work) => {}', 'async (work = {}) => {}', 'async (...all) => {}', 'async work => {}'])
    expect(await loaded(of(up)), up).toMatchObject({ transaction: true })
  expect(await loaded(of('async (work) => {}', 'async () => {}'))).toMatchObject({ transaction: true })
  await expect(loaded(of('async (work) => {}', 'async () => {}'), 'down')).rejects.toMatchObject({
    message: expect.stringContaining("its 'down' takes no session"),
  })
})

test('a migration is loaded from its own file, and from the array only where it stands there', async () => {
  const project = createProject({
    'run.ts': `import { A } from './001-a'\nconst migrations = [A, { name: '002-b', up() {}, down() {} }]\nthrow new Error('ran')`,
    '001-a.ts': `export const A = { name: '001-a', up() {}, down() {} }`,
  })
  const format = await project.open('run.ts')
  const [a, b] = (await format.list()) as [MigrationFile, MigrationFile]
  expect(await format.load(a, 'up')).toMatchObject({ kind: 'documents' })
  await expect(format.load(b, 'up')).rejects.toMatchObject({ code: 'GODWIT_FILE_THROWS' })
  project.write({ 'run2.ts': project.read('run.ts').replace(/throw.*/, '') })
  const quiet = await project.open('run2.ts')
  await expect(quiet.load((await quiet.list())[1] as MigrationFile, 'up')).rejects.toMatchObject({
    code: 'GODWIT_MONGO_NOT_EXPORTED',
    message: "run2.ts does not export the migration '002-b'.",
  })
  project.write({ 'run3.ts': project.read('run2.ts').replace('const m', 'export const m') })
  const exported = await project.open('run3.ts')
  expect(await exported.load((await exported.list())[1] as MigrationFile, 'up')).toMatchObject({ kind: 'documents' })
})

test('the history is the documented collection, or one with other names', async () => {
  const project = createProject({})
  const at = new Date('2026-01-02T03:04:05Z')
  const step = { name: '001-a', file: undefined, at, runAt: new Date() }
  const { history } = await project.open('m')
  if (history.kind !== 'collection') throw new Error(history.kind)
  expect(history.name).toBe('migrations')
  expect(history.record(step)).toStrictEqual({ name: '001-a', appliedAt: at })
  expect(history.find('001-a')).toStrictEqual({ name: '001-a' })
  expect(history.read({ _id: 1, name: '001-a', appliedAt: at })).toEqual({
    name: '001-a',
    appliedAt: at,
    checksum: null,
  })
  expect(history.read({ name: '001-a', appliedAt: at.toISOString() })?.appliedAt).toEqual(at)
  expect(history.read({ name: '001-a', appliedAt: at.getTime() })?.appliedAt).toEqual(at)
  expect(history.read({ name: '001-a', appliedAt: 'x' })?.appliedAt).toBeNull()
  expect(history.read({ name: '001-a' })?.appliedAt).toBeNull()
  expect(history.read({ counter: 1 })).toBeUndefined()
  const section = { collection: 'done', history: { name: 'id', appliedAt: 'when' } }
  const other = (await project.open('m', { section })).history
  if (other.kind !== 'collection') throw new Error(other.kind)
  expect(other.name).toBe('done')
  expect(other.record(step)).toStrictEqual({ id: '001-a', when: at })
  expect(other.find('001-a')).toStrictEqual({ id: '001-a' })
  expect(other.read({ id: '001-a', when: at })).toEqual({ name: '001-a', appliedAt: at, checksum: null })
})

test('the target is where mongoose projects name it', async () => {
  const project = createProject({})
  const target = async (env: Record<string, string>) => (await project.open('m', { env })).target?.()
  expect(await target({ MONGODB_URI: 'mongodb://a', MONGO_URL: 'mongodb://b' })).toBe('mongodb://a')
  expect(await target({ MONGODB_URI: '', MONGO_URL: 'mongodb://b' })).toBe('mongodb://b')
  expect(await target({})).toBeUndefined()
})
