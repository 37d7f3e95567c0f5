import { expect, test } from 'vitest'
import { openTypeormFormat } from '../../../src/formats/typeorm/index.js'
import { createProject, dataSource, tableMigration } from './support/project.js'

const url = 'postgres://nobody:secret@127.0.0.1:1/none'
const target = 'postgres://nobody:secret@127.0.0.1:1/none'
const importing = `import { DataSource } from 'typeorm'\nconst options = { type: 'postgres' as const, url: '${url}' }\n`

/** What the data source says as the target, which needs it imported. */
async function targetOf(files: Record<string, string>, file?: string): Promise<string | undefined> {
  const project = createProject(files)
  const format = await openTypeormFormat(project.context('m', file === undefined ? {} : { dataSource: file }))
  return format.target?.()
}

test.each([
  ['a named export', `export const AppDataSource = new DataSource(options)`],
  ['a default export', `export default new DataSource(options)`],
  ['a promise', `export const source = Promise.resolve(new DataSource(options))`],
  ['one export twice', `export const source = new DataSource(options)\nexport default source`],
  ['module.exports', `module.exports = new DataSource(options)`],
  [
    'other exports beside it',
    `export const source = new DataSource(options)\nexport const entities = []\nexport function f() {}`,
  ],
])('a DataSource is found as %s', async (_, code) => {
  expect(await targetOf({ 'src/data-source.ts': importing + code })).toBe(target)
})

test.each([
  ['as a file without ending', { 'conf/db.ts': dataSource(url, '') }, 'conf/db'],
  [
    'compiled',
    {
      'dist/data-source.js': `const { DataSource } = require('typeorm')\nexports.a = new DataSource({ type: 'postgres', url: '${url}' })`,
    },
    'dist/data-source.js',
  ],
  [
    'in an ES module',
    {
      'package.json': '{ "type": "module" }',
      'src/db.ts': `import { DataSource } from 'typeorm'\nexport const a = await Promise.resolve(new DataSource({ type: 'postgres', url: '${url}' }))`,
    },
    'src/db.ts',
  ],
])('a DataSource is found %s', async (_, files, file) => {
  expect(await targetOf(files as Record<string, string>, file)).toBe(target)
})

test.each([
  ['GODWIT_TYPEORM_DATA_SOURCE', 'no DataSource', `export const options2 = options`],
  [
    'GODWIT_TYPEORM_DATA_SOURCE',
    '2 DataSources',
    `export const a = new DataSource(options)\nexport const b = new DataSource(options)`,
  ],
  ['GODWIT_TYPEORM_DATA_SOURCE', 'no secret today', `export const a = Promise.reject(new Error('no secret today'))`],
  ['GODWIT_FILE_THROWS', 'broken', `throw new Error('broken')`],
  ['GODWIT_TYPEORM_INITIALIZED', 'src/data-source.ts', `export const a = new DataSource(options)\na.initialize()`],
  ['GODWIT_TYPEORM_INITIALIZED', 'src/data-source.ts', `export const a = new DataSource(options).initialize()`],
  [
    'GODWIT_TYPEORM_INITIALIZED',
    'src/data-source.ts',
    `export const a = new DataSource(options)\na.initialize().catch(() => {}).then(() => process.exit(3))`,
  ],
  [
    'GODWIT_UNSUPPORTED_DATABASE',
    "'cockroachdb'",
    `export const a = new DataSource({ ...options, type: 'cockroachdb', timeTravelQueries: false })`,
  ],
])('%s: %s', async (code, message, text) => {
  await expect(targetOf({ 'src/data-source.ts': importing + text })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  })
})

test('an ES module that waits for its own initialization is refused, not waited for', async () => {
  await expect(
    targetOf({
      'package.json': '{ "type": "module" }',
      'src/data-source.ts': `${importing}export const a = new DataSource(options)\nawait a.initialize()`,
    }),
  ).rejects.toMatchObject({ code: 'GODWIT_TYPEORM_INITIALIZED' })
})

test('another database is refused from the text alone', async () => {
  const project = createProject({
    'src/data-source.ts': `throw new Error('imported')\n${importing}export default new DataSource({ type: 'mysql' })`,
  })
  await expect(openTypeormFormat(project.context('m'))).rejects.toMatchObject({
    code: 'GODWIT_UNSUPPORTED_DATABASE',
    message: expect.stringContaining("'mysql' in src/data-source.ts"),
  })
})

test('a data source that the config names must be there', async () => {
  await expect(openTypeormFormat(createProject({}).context('m', { dataSource: 'dist/x.js' }))).rejects.toMatchObject({
    code: 'GODWIT_TYPEORM_DATA_SOURCE',
  })
})

test.each([
  [
    `host: 'db.example', port: 5433, username: 'a b', password: 'p@/s', database: 'my db'`,
    'postgres://a%20b:p%40%2Fs@db.example:5433/my%20db',
  ],
  [`host: '/var/run/postgresql', database: 'app'`, 'postgres://localhost/app?host=%2Fvar%2Frun%2Fpostgresql'],
  [`host: 'h', ssl: true`, 'postgres://h?sslmode=verify-full'],
  [`host: 'h', ssl: { rejectUnauthorized: false }`, 'postgres://h?sslmode=no-verify'],
  [`url: 'postgres://h/d', extra: { options: '-c search_path=app' }`, 'postgres://h/d?options=-c+search_path%3Dapp'],
  [`replication: { master: { host: 'm', database: 'd' }, slaves: [{ host: 's' }] }`, 'postgres://m/d'],
  [`host: 'h', password: () => Promise.resolve('token'), username: 'u'`, 'postgres://u:token@h'],
  [``, undefined],
])('the target of { %s }', async (options, expected) => {
  const text = `import { DataSource } from 'typeorm'\nexport default new DataSource({ type: 'postgres', ${options} } as any)`
  expect(await targetOf({ 'src/data-source.ts': text })).toBe(expected)
})

test('where the history is stands in the config, else in the data source', async () => {
  const historyOf = async (options: string, section = {}) => {
    const project = createProject({ 'src/data-source.ts': dataSource(url, options) })
    const { history } = await openTypeormFormat(project.context('m', section))
    return [history.schema, history.name]
  }
  expect(await historyOf('')).toEqual([null, 'migrations'])
  expect(await historyOf(`schema: 'app', migrationsTableName: "t"`)).toEqual(['app', 't'])
  expect(await historyOf(`migrationsTableName: 'app.t'`)).toEqual(['app', 't'])
  expect(await historyOf(`schema: process.env.NOPE ?? 'env'`)).toEqual(['env', 'migrations'])
  expect(await historyOf(`schema: 'app'`, { schema: 'own', table: 'mine' })).toEqual(['own', 'mine'])
})

test('a file that throws on import changes nothing: it fails while it is loaded', async () => {
  const project = createProject({
    'src/data-source.ts': dataSource(url),
    'm/1700000000001-A.ts': `${tableMigration('A1700000000001', 'a')}\nthrow new Error('on import')`,
    'm/1700000000002-B.ts': tableMigration('B1700000000002', 'b').replace(`name = 'B`, `name = 'C`),
  })
  const format = await openTypeormFormat(project.context('m'))
  const [a, b] = await format.list()
  await expect(format.load(a!, 'up')).rejects.toMatchObject({ code: 'GODWIT_FILE_THROWS' })
  await expect(format.load({ ...b!, name: 'B1700000000002' }, 'up')).rejects.toMatchObject({
    code: 'GODWIT_TYPEORM_CLASS_MISSING',
  })
})
