import { expect, test } from 'vitest'
import { openFormat } from './support/peer-project.js'

const configPackage = { 'node_modules/config/package.json': '{"name":"config","version":"4.0.0","main":"index.js"}' }

test('reads the file of --config-file, with or without the section', async () => {
  const db = {
    'migrations-table': 'done',
    'migrations-schema': 'meta',
    schema: ['app'],
    'migrations-dir': 'db',
    url: 'postgres://u@h/d',
  }
  for (const text of [JSON.stringify(db), JSON.stringify({ db })]) {
    const { format } = await openFormat({ 'pgm.json': text, 'db/1_a.sql': '' }, { section: { configFile: 'pgm.json' } })
    expect(format.history).toMatchObject({ name: 'done', schema: 'meta' })
    expect(format.searchPath).toEqual(['app'])
    expect(await format.list()).toMatchObject([{ name: '1_a' }])
    expect(await format.target?.()).toBe('postgres://u@h/d')
  }
  const asModule = await openFormat(
    { 'pgm.ts': `export default { mine: { 'migrations-table': 'x' as string } }` },
    { section: { configFile: 'pgm.ts', configValue: 'mine' } },
  )
  expect(asModule.format.history.name).toBe('x')
  const stronger = await openFormat(
    { 'pgm.json': JSON.stringify(db) },
    { section: { configFile: 'pgm.json', migrationsTable: 'mine' } },
  )
  expect(stronger.format.history).toMatchObject({ name: 'mine', schema: 'meta' })
})

test("reads the JSON of the package 'config' where the project has it, file by file", async () => {
  const files = {
    'config/default.json': JSON.stringify({
      db: { host: 'a', name: 'x', user: 'u', 'migrations-table': 't' },
      other: 1,
    }),
    'config/production.json': JSON.stringify({ db: { host: 'b', password: 'p@ss/word' } }),
  }
  const without = await openFormat(files)
  expect(await without.format.target?.()).toBeUndefined()
  const env = { NODE_ENV: 'production' }
  const { format } = await openFormat({ ...files, ...configPackage }, { env })
  expect(await format.target?.()).toBe('postgres://u:p%40ss%2Fword@b:5432/x')
  expect(format.history.name).toBe('t')
})

test("leaves other kinds of files to the package 'config'", async () => {
  const { format } = await openFormat({
    ...configPackage,
    'node_modules/config/index.js':
      "const path = require('node:path'); const all = require(path.join(process.env.NODE_CONFIG_DIR, 'default.js'))\nmodule.exports = { has: (key) => key in all, get: (key) => all[key] }",
    'config/default.js': "module.exports = { db: { url: 'postgres://h/d' } }",
  })
  expect(await format.target?.()).toBe('postgres://h/d')
  expect(process.env.NODE_CONFIG_DIR).toBeUndefined()
})

test('finds the target where the command does', async () => {
  const json = { 'pgm.json': JSON.stringify({ url: 'postgres://h/d' }) }
  const section = { configFile: 'pgm.json', databaseUrlVar: 'PG_URL' }
  const target = async (files: Record<string, string>, options: Parameters<typeof openFormat>[1]) =>
    (await openFormat(files, options)).format.target?.()
  expect(await target(json, { section, env: { PG_URL: 'postgres://mine/d' } })).toBe('postgres://mine/d')
  // DATABASE_URL stays to whoever decides between projects.
  expect(
    await target(json, { section: { configFile: 'pgm.json' }, env: { DATABASE_URL: 'postgres://e/d' } }),
  ).toBeUndefined()
  expect(await target({}, { env: { PGHOST: 'h', PGUSER: 'u', PGDATABASE: 'd', PGPORT: '6000' } })).toBe(
    'postgres://u@h:6000/d',
  )
  expect(await target({}, { env: { PGHOST: '/var/run', USER: 'me' } })).toBe(
    'postgres://me@localhost:5432/me?host=%2Fvar%2Frun',
  )
  expect(await target({}, { env: { PGUSER: 'u' } })).toBeUndefined()
  const tls = { 'pgm.json': JSON.stringify({ host: 'h', name: 'd', ssl: { rejectUnauthorized: false } }) }
  expect(await target(tls, { section: { configFile: 'pgm.json' } })).toContain('sslmode=no-verify')
})

function scripts(...lines: string[]): Record<string, string> {
  return { 'package.json': JSON.stringify({ scripts: Object.fromEntries(lines.map((line, i) => [`s${i}`, line])) }) }
}

test("takes the flags that the project's scripts give the command", async () => {
  const { format } = await openFormat(
    {
      ...scripts(
        'echo node-pg-migrate-nothing -t wrong; DATABASE_URL=x npx node-pg-migrate up -m "db/my migrations" --migrationsTable=done',
        "node ./node_modules/.bin/node-pg-migrate create -m 'db/my migrations' -j ts && other -t wrong",
        'node-pg-migrate -s app -s public --create-schema --migrations-schema meta --no-lock --check-order false -d PG_URL -t $TABLE up',
      ),
      'db/my migrations/1_a.sql': 'select 1',
    },
    { env: { PG_URL: 'postgres://h/d' } },
  )
  expect(format.history).toMatchObject({ name: 'done', schema: 'meta' })
  expect(format).toMatchObject({ searchPath: ['app', 'public'], peerLocks: [], allowOutOfOrder: true })
  expect(await format.list()).toMatchObject([{ name: '1_a' }])
  expect((await format.create('x', { now: new Date() })).files[0]?.path).toMatch(/my migrations.*\.ts$/)
  expect(await format.target?.()).toBe('postgres://h/d')
})

test('scripts that disagree on where the history is need a word in the config', async () => {
  const files = scripts(
    'node-pg-migrate -t a up',
    'node-pg-migrate --migrations-table b up',
    'node-pg-migrate up -j ts',
    'node-pg-migrate up -j js',
  )
  await expect(openFormat(files)).rejects.toMatchObject({
    code: 'GODWIT_PGM_CONFIG',
    message: expect.stringContaining('--migrations-table'),
  })
  const { format } = await openFormat(files, { section: { migrationsTable: 'b' } })
  expect(format.history.name).toBe('b')
})

test('the config file of a script counts, and beats its flags as in the command', async () => {
  const { format } = await openFormat({
    ...scripts('node-pg-migrate -f pgm.json --config-value x -t flag up'),
    'pgm.json': JSON.stringify({ x: { 'migrations-table': 'file' } }),
  })
  expect(format.history.name).toBe('file')
})

test('says which config does not work', async () => {
  const open = (text: string) => openFormat({ 'pgm.json': text }, { section: { configFile: 'pgm.json' } })
  await expect(open('{')).rejects.toMatchObject({ code: 'GODWIT_PGM_CONFIG' })
  await expect(openFormat({}, { section: { configFile: 'none.json' } })).rejects.toMatchObject({
    code: 'GODWIT_FILE_UNREADABLE',
  })
})
