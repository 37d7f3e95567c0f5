import { inspect } from 'node:util'
import bcrypt from 'bcrypt'
import { expect, test, vi } from 'vitest'
import { hash, openProject } from '../../src/index.js'
import { projectHash } from '../../src/seeds/hash-functions.js'
import { scratchFolder } from '../formats/scratch-folder.js'
import { createDatabase } from '../support/database.js'

const manifest = (...names: string[]) =>
  JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '*'])) })

async function projectOf(seed: string, dependencies = ['bcrypt']) {
  const database = await createDatabase()
  await database.query('create table users (id serial primary key, email text unique, password text, age int)')
  const cwd = await scratchFolder({
    'package.json': manifest(...dependencies),
    'godwit.config.json': '{ "format": "sql", "seeds": "seeds" }',
    'migrations/': '',
    'seeds/users.ts': `import { defineSeed, hash } from 'godwit'\n${seed}`,
  })
  const events: unknown[] = []
  const run = async (env: Record<string, string> = {}) => {
    const project = await openProject({ cwd, databaseUrl: database.url, env, onEvent: (event) => events.push(event) })
    return project.seed()
  }
  const counts = async () => {
    const { seeds, error } = await run()
    if (error !== undefined) throw error
    const { inserted, updated, unchanged, kept } = seeds[0] as (typeof seeds)[number]
    return [inserted, updated, unchanged, kept]
  }
  return { database, run, counts, events, users: () => database.query('select *, xmin from users order by email') }
}

test('nothing that prints a row shows the password', () => {
  const row = { password: hash('s3cret!') }
  expect(JSON.stringify(row) + inspect(row, { depth: null, showHidden: true }) + String(row.password)).not.toContain(
    's3cret',
  )
})

test('a hash that fits is unchanged, another is kept or updated', async () => {
  const seed = (
    onExisting: string,
  ) => `export default defineSeed({ table: 'users', key: ['email'], onExisting: '${onExisting}',
  rows: [{ email: 'a', password: hash('s3cret!', { rounds: 4 }) }, { email: 'b', password: hash('other', { rounds: 5 }) }] })`
  const { database, counts, users } = await projectOf(seed('keep'))
  expect(await counts()).toEqual([2, 0, 0, 0])
  const first = await users()
  expect(first.map(({ password }) => password.slice(0, 7))).toEqual(['$2b$04$', '$2b$05$'])
  expect(await counts()).toEqual([0, 0, 2, 0])
  expect(await users()).toEqual(first)
  await database.query(`update users set password = 'gone' where email = 'a'`)
  expect(await counts()).toEqual([0, 0, 1, 1])
  const again = await projectOf(seed('update'))
  await again.database.query(`insert into users (email, password) values ('a', 'gone'), ('b', $1)`, [
    await bcrypt.hash('other', 4),
  ])
  expect(await again.counts()).toEqual([0, 1, 1, 0])
  expect(await bcrypt.compare('s3cret!', (await again.users())[0]?.password)).toBe(true)
})

test('the project’s own functions hash', async () => {
  const { counts, users } = await projectOf(
    `const own = { hash: (plain: string) => 'H:' + plain.length, verify: (plain: string, there: string) => there === 'H:' + plain.length }
export default defineSeed({ table: 'users', key: ['email'], rows: [{ email: 'a', password: hash('s3cret!', { with: own }) }] })`,
    [],
  )
  expect(await counts()).toEqual([1, 0, 0, 0])
  expect(await users()).toMatchObject([{ password: 'H:7' }])
  expect(await counts()).toEqual([0, 0, 1, 0])
})

test('without anything to hash with it says what to install', async () => {
  const { run, users } = await projectOf(
    `export default defineSeed({ table: 'users', key: ['email'], rows: [{ email: 'a', password: hash('s3cret!') }] })`,
    [],
  )
  const { error } = await run()
  expect(error).toMatchObject({ code: 'GODWIT_SEED_NO_HASH', hint: expect.stringContaining('npm install bcrypt') })
  expect(await users()).toEqual([])
})

test('what is refused says neither password nor hash', async () => {
  const { run, events } = await projectOf(
    `export default defineSeed({ table: 'users', key: ['email'], rows: [{ email: 'a', age: hash('s3cret!', { rounds: 4 }) }] })`,
  )
  const { error } = await run()
  expect(error?.code).toBe('GODWIT_SEED_ROW')
  const said = inspect(error, { depth: null, showHidden: true }) + JSON.stringify(events)
  expect(said).not.toMatch(/s3cret|\$2b\$/)
})

test.each(['bcrypt', '@node-rs/argon2'])('%s hashes and verifies', async (name) => {
  const functions = await projectHash(
    await scratchFolder({ 'package.json': manifest('pg', name) }),
    name.endsWith('bcrypt') ? 4 : 2,
  )
  const made = await functions.hash('s3cret!')
  expect(made).toMatch(name.endsWith('bcrypt') ? /^\$2b\$04\$/ : /^\$argon2id\$.*t=2,/)
  expect(await functions.verify('s3cret!', made)).toBe(true)
  expect(await functions.verify('another', made)).toBe(false)
})

test.each([
  [`rows: [{ email: 'a', password: hash('Admin@1234') }]`, 'a password stands in its file'],
  [
    `rows: [{ email: 'a', password: hash(process.env.NONE ?? 'Fallback!') }]`,
    'row 1, password: a password stands in its file',
  ],
  [`rows: [{ email: 'a', password: hash(['admin', '123'].join('')) }]`, 'everybody guesses'],
  [`rows: () => [{ email: 'a', password: hash(['admin', '123'].join('')) }]`, 'everybody guesses'],
  [`rows: [{ email: 'a', password: 'plain-text' }]`, 'a password stands in its file'],
])('production refuses a known password: %s', async (said, why) => {
  const { run, users } =
    await projectOf(`export const first = defineSeed({ name: 'first', table: 'users', key: ['email'], rows: [{ email: 'x' }] })
export const second = defineSeed({ name: 'second', table: 'users', key: ['email'], after: ['first'], ${said} })`)
  const report = await run({ NODE_ENV: 'production' }).catch((error: unknown) => ({ error }))
  expect(report.error).toMatchObject({
    code: 'GODWIT_SEED_PASSWORD',
    exitCode: 5,
    message: expect.stringContaining(why),
  })
  if (!said.includes('=>')) expect(await users()).toEqual([])
  expect((await users()).map(({ email }) => email)).not.toContain('a')
})

test('production takes a password from outside', async () => {
  vi.stubEnv('SEED_PASSWORD', 'from-outside')
  const { run, users } = await projectOf(
    `export default defineSeed({ table: 'users', key: ['email'], rows: [{ email: 'a', password: hash(process.env.SEED_PASSWORD ?? '', { rounds: 4 }) }] })`,
  )
  expect((await run({ NODE_ENV: 'production' })).error).toBeUndefined()
  expect(await bcrypt.compare('from-outside', (await users())[0]?.password)).toBe(true)
  vi.unstubAllEnvs()
})

test('what the server shows of a whole row is not told of a function that fails', async () => {
  const { run } = await projectOf(
    `export default async ({ db }) => { await db.query("alter table users add check (age > 0); insert into users (password, age) values ('s3cret!', 0)") }`,
  )
  const { error } = await run()
  expect(error?.details.server).toMatchObject({ code: '23514' })
  expect(JSON.stringify(error?.details.server)).not.toContain('s3cret')
})

test('a hash or a reference inside of another value is refused with its row, and as a parameter of a query', async () => {
  const { run, users } = await projectOf(
    `export default defineSeed({ table: 'users', key: ['email'], rows: [{ email: 'a', password: { deep: [hash('s3cret!')] } }] })`,
  )
  const { error } = await run()
  expect(error).toMatchObject({ code: 'GODWIT_SEED_ROW' })
  expect(error?.message).toContain('password: a hash() or ref() stands inside of its value')
  const query = await projectOf(
    `export default async ({ db }) => { await db.query('insert into users (password) values ($1)', [hash('s3cret!')]) }`,
  )
  expect((await query.run()).error?.message).toContain('hash() is for rows')
  expect([...(await users()), ...(await query.users())]).toEqual([])
})
