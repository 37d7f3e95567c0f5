import { expect, test } from 'vitest'
import { detectAll } from '../../../src/project/detect.js'
import { scratchFolder } from '../scratch-folder.js'
import { openFormat } from './support/peer.js'

const config = {
  mongodb: { url: 'mongodb://h', databaseName: 'app' },
  migrationsDir: 'db',
  changelogCollectionName: 'log',
  lockCollectionName: 'log_lock',
  lockTtl: 30,
}
const json = JSON.stringify(config)
const files = { 'db/20240101000000-a.js': 'exports.up = () => {}' }

test.each([
  ['migrate-mongo-config.js', `module.exports = ${json}`],
  ['migrate-mongo-config.cjs', `module.exports = Promise.resolve(${json})`],
  ['migrate-mongo-config.mjs', `export default ${json}`],
  ['migrate-mongo-config.mjs', `export default Promise.resolve(${json})`],
  ['migrate-mongo-config.ts', `const lockTtl: number = 30\nexport default { ...${json}, lockTtl }`],
  [
    'migrate-mongo-config.mjs',
    Object.entries(config)
      .map(([key, value]) => `export const ${key} = ${JSON.stringify(value)}`)
      .join('\n'),
  ],
])('reads %s', async (name, text) => {
  const { format, warnings } = await openFormat({ ...files, [name]: text })
  expect(format.history).toMatchObject({ name: 'log', peerLock: { name: 'log_lock', ttlSeconds: 30 } })
  expect(await format.target?.()).toBe('mongodb://h/app')
  expect(await format.list()).toMatchObject([{ name: '20240101000000-a' }])
  expect(warnings).toEqual([])
})

test('a config of another name is named by Godwit’s', async () => {
  const other = {
    ...files,
    'migrate-mongo-config.js': 'module.exports = {}',
    'configs/albums.js': `module.exports = ${json}`,
  }
  const { format } = await openFormat(other, { section: { config: 'configs/albums.js' } })
  expect(format.history.name).toBe('log')
})

test('without a file everything is as in the sample', async () => {
  const { format } = await openFormat({ 'migrations/20240101000000-a.js': '' })
  expect(format.history.name).toBe('changelog')
  expect(format.history).not.toHaveProperty('peerLock')
  expect(await format.target?.()).toBeUndefined()
  expect(await format.list()).toHaveLength(1)
})

test('what is empty is as good as absent', async () => {
  const mongodb = { url: '', databaseName: '' }
  const { format } = await openFormat({}, { config: { mongodb, changelogCollectionName: '', migrationsDir: null } })
  expect(format.history.name).toBe('changelog')
  expect(await format.target?.()).toBeUndefined()
})

test('migrate-mongo’s lock is taken when its time is above 0', async () => {
  const lock = async (more: object) => {
    const { format, warnings } = await openFormat({}, { config: more })
    return { lock: format.history.peerLock, warnings }
  }
  expect(await lock({ lockCollectionName: 'l', lockTtl: 5 })).toEqual({
    lock: { name: 'l', ttlSeconds: 5 },
    warnings: [],
  })
  expect(await lock({ lockCollectionName: 'l', lockTtl: 0 })).toEqual({ lock: undefined, warnings: [] })
  expect(await lock({ lockTtl: 5 })).toEqual({ lock: undefined, warnings: [] })
  expect(await lock({ lockCollectionName: 'l' })).toMatchObject({ lock: undefined, warnings: [/lock that never ends/] })
})

test.each([
  ['module.exports = () => ({})', 'it exports a function where an object or a promise of one should be'],
  ['module.exports = []', 'it exports a list where an object or a promise of one should be'],
  ['module.exports = null', 'it exports nothing where'],
  ['module.exports = { mongodb: "mongodb://h" }', "'mongodb' must be an object"],
  ['module.exports = { mongodb: { options: 1 } }', "'mongodb.options' must be an object"],
  ['module.exports = { mongodb: { url: 1 } }', "'mongodb.url' must be a string"],
  ['module.exports = { lockTtl: "60" }', "'lockTtl' must be a number"],
  ['module.exports = { migrationFileExtension: "js" }', "'migrationFileExtension' must begin with a dot"],
  ['exports.default = Promise.reject(new Error("no secret"))', 'its promise failed: no secret'],
])('refuses %s', async (text, reason) => {
  await expect(openFormat({ 'migrate-mongo-config.js': text })).rejects.toMatchObject({
    code: 'GODWIT_MIGRATE_MONGO_CONFIG',
    message: expect.stringContaining(
      `migrate-mongo-config.js cannot be used as the config of migrate-mongo: ${reason}`,
    ),
  })
})

test('a config that is named and not there, or throws, is named', async () => {
  const named = openFormat({}, { section: { config: 'gone.js' } })
  await expect(named).rejects.toMatchObject({ message: expect.stringContaining('gone.js cannot be used') })
  const throwing = openFormat({ 'migrate-mongo-config.js': 'throw new Error("boom")' })
  await expect(throwing).rejects.toMatchObject({ code: 'GODWIT_FILE_THROWS' })
})

test('its config, or the package, gives a project away', async () => {
  const ts = await scratchFolder({ 'migrate-mongo-config.ts': '' })
  expect(detectAll(ts)).toEqual([{ format: 'migrate-mongo', because: 'migrate-mongo-config.ts' }])
  const objects = 'module.exports = { name: "1-a", up() {}, down() {} }'
  const both = {
    'migrate-mongo-config.js': '',
    'package.json': '{ "dependencies": { "mongodb": "7" } }',
    'migrations/1-a.js': objects,
  }
  expect(detectAll(await scratchFolder(both))).toEqual([
    { format: 'migrate-mongo', because: 'migrate-mongo-config.js' },
  ])
  const manifest = await scratchFolder({ 'package.json': '{ "devDependencies": { "migrate-mongo": "14" } }' })
  expect(detectAll(manifest)).toEqual([{ format: 'migrate-mongo', because: 'migrate-mongo in package.json' }])
})
