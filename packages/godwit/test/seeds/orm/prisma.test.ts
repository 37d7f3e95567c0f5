import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { createDatabase } from '../../support/database.js'

const modules = dirname(dirname(createRequire(import.meta.url).resolve('pg/package.json')))
const engine = fileURLToPath(new URL('../../../bin/godwit-schema-engine.js', import.meta.url))
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-prisma-')))

const schema = `generator client {
  provider = "prisma-client"
  output   = "../src/generated/prisma"
}
datasource db {
  provider = "postgresql"
}
model Role {
  id    Int    @id @default(autoincrement())
  name  String @unique
  users User[]
}
model User {
  id       String    @id @default(cuid())
  email    String    @unique @map("mail")
  password String?
  balance  Decimal   @default(0) @db.Decimal(10, 2)
  big      BigInt?
  settings Json?
  born     DateTime? @db.Date
  tags     String[]
  data     Bytes?
  roleId   Int?      @map("role_id")
  role     Role?     @relation(fields: [roleId], references: [id])
  changed  DateTime  @updatedAt
  @@map("users")
}
`
const tables = `create table "Role" (id serial primary key, name text not null unique);
create table users (id text primary key, mail text not null unique, password text, balance numeric(10,2) not null default 0, big bigint,
  settings jsonb, born date, tags text[], data bytea, role_id int references "Role", changed timestamp(3) not null)`
const db = `import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './generated/prisma/client'
export const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) }).$extends({
  query: { user: { create: ({ args, query }) => query({ ...args, data: { ...args.data, tags: ['hooked'] } }) } },
})`

function write(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
}

beforeAll(async () => {
  mkdirSync(join(folder, 'node_modules/@prisma'), { recursive: true })
  for (const name of [
    'pg',
    'prisma',
    'bcrypt',
    ...['client', 'adapter-pg', 'client-runtime-utils'].map((each) => `@prisma/${each}`),
  ])
    symlinkSync(join(modules, name), join(folder, 'node_modules', name))
  write({
    'package.json': '{ "dependencies": { "bcrypt": "6.0.0" } }',
    'prisma.config.ts': `export default { schema: 'prisma/schema.prisma' }`,
    'prisma/schema.prisma': schema,
    'src/db.ts': db,
  })
  const cli = createRequire(import.meta.url).resolve('prisma/build/index.js')
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: engine }
  await promisify(execFile)(process.execPath, [cli, 'generate'], { cwd: folder, env })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function projectOf(seeds: Record<string, string>, section: object = {}, url?: string) {
  const database = await createDatabase()
  await database.query(tables)
  if (existsSync(join(folder, 'seeds'))) rmSync(join(folder, 'seeds'), { recursive: true })
  write(Object.fromEntries(Object.entries(seeds).map(([name, text]) => [`seeds/${name}.ts`, text])))
  write({ 'godwit.config.json': JSON.stringify({ format: 'prisma', seeds: 'seeds', prisma: section }) })
  const logged: string[] = []
  const project = await openProject({
    cwd: folder,
    databaseUrl: url ?? database.url,
    env: {},
    onEvent: (event) => {
      if (event.type === 'seed-log') logged.push(event.line)
    },
  })
  const seed = async () => {
    const { error, seeds: reports } = await project.seed()
    if (error !== undefined) throw error
    return Object.fromEntries(
      reports.map(({ name, inserted, updated, unchanged, kept }) => [name, [inserted, updated, unchanged, kept]]),
    )
  }
  return { database, seed, logged, users: () => database.query('select *, xmin from users order by mail') }
}

const users = (rest = '') => `import { defineSeed, hash, ref } from 'godwit'
export default defineSeed({ entity: 'User', key: ['email'], ${rest} rows: [
  { email: 'a@x.org', password: hash('s3cret!', { rounds: 4 }), balance: 1.5, big: 9007199254740993n, settings: { b: 1, a: [1] }, born: '2000-02-29',
    tags: ['x', 'y'], data: Buffer.from([0, 255]), role: { connect: { name: 'admin' } } },
  { email: 'b@x.org', balance: '2', roleId: ref('roles', { name: 'admin' }) },
  { email: 'c@x.org', role: ref('roles', { name: 'admin' }) },
] })`
const roles = `import { defineSeed } from 'godwit'
export default defineSeed({ table: 'Role', key: ['name'], rows: [{ name: 'admin' }] })`

test('rows of a model go through a client on the seed’s transaction; a second run writes nothing', async () => {
  const { seed, users: rows } = await projectOf({ roles, users: users(`after: ['roles'],`) })
  expect(await seed()).toEqual({ roles: [1, 0, 0, 0], users: [3, 0, 0, 0] })
  const first = await rows()
  expect(first).toMatchObject([
    { balance: '1.50', big: '9007199254740993', settings: { b: 1, a: [1] }, tags: ['x', 'y'], role_id: 1 },
    { balance: '2.00', role_id: 1 },
    { role_id: 1 },
  ])
  expect(await seed()).toEqual({ roles: [0, 0, 1, 0], users: [0, 0, 3, 0] })
  expect(await rows()).toEqual(first)
})

test('edited rows are kept, or updated', async () => {
  const { database, seed, users: rows } = await projectOf({ roles, users: users(`after: ['roles'],`) })
  await seed()
  await database.query(`update users set balance = 7, role_id = null, settings = '{}' where mail < 'c'`)
  expect((await seed()).users).toEqual([0, 0, 1, 2])
  // A module stays loaded: another text needs another file.
  rmSync(join(folder, 'seeds/users.ts'))
  write({ 'seeds/again.ts': users(`after: ['roles'], onExisting: 'update',`) })
  expect((await seed()).again).toEqual([0, 2, 1, 0])
  expect(await rows()).toMatchObject([
    { balance: '1.50', role_id: 1, settings: { b: 1, a: [1] } },
    { balance: '2.00', role_id: 1 },
    {},
  ])
})

test('a failing row is told, without its values, and leaves nothing', async () => {
  const { seed, users: rows } = await projectOf({
    wrong: `import { defineSeed, hash } from 'godwit'
export default defineSeed({ entity: 'user', key: ['email'], rows: [
  { email: 'a' }, { email: 'b', password: hash('s3cret!', { rounds: 4 }), roleId: 99 }] })`,
  })
  const error = await seed().catch((thrown: Error) => thrown)
  expect(String(error)).toMatch(/row 2 \(email = b\): Foreign key constraint violated/)
  expect(await rows()).toEqual([])
})

test('a function works with prisma in its own transaction: what throws leaves nothing', async () => {
  const text = (end: string) => `export default async ({ prisma, upsert, db, log }: any) => {
  await prisma.role.upsert({ where: { name: 'a' }, create: { name: 'a' }, update: {} })
  await prisma.$transaction([prisma.user.create({ data: { email: String(Math.random()), role: { create: { name: String(Math.random()) } } } })])
  await upsert('User', ['email'], { email: 'x' })
  log(String((await db.query('select count(*)::int as n from users')).rows[0].n))
  ${end}
}`
  const failing = await projectOf({ failing: text(`throw new Error('enough')`) })
  await expect(failing.seed()).rejects.toThrow("The seed 'failing' failed: enough")
  expect(await failing.users()).toEqual([])
  expect(await failing.database.query('select * from "Role"')).toEqual([])
  const { seed, users: rows, logged } = await projectOf({ good: text('') })
  await seed()
  expect(logged).toEqual(['2'])
  expect(await rows()).toHaveLength(2)
})

test('the project’s own client is used with its extensions, in a transaction of its own', async () => {
  const seeds = (end: string) => `export default async ({ prisma, upsert }: any) => {
  await upsert('User', ['email'], { email: 'x' })
  await prisma.role.create({ data: { name: 'a' } })
  ${end}
}`
  const { seed, users: rows, database } = await projectOf({ own: seeds('') }, { client: 'src/db.ts' })
  await seed()
  expect(await rows()).toMatchObject([{ mail: 'x', tags: ['hooked'] }])
  expect(await database.query('select name from "Role"')).toEqual([{ name: 'a' }])
})

test('a client that leads elsewhere is refused', async () => {
  const { url } = await createDatabase()
  write({ 'src/elsewhere.ts': db.replace('process.env.DATABASE_URL', `'${url}'`) })
  const { seed } = await projectOf(
    { own2: 'export default async ({ prisma }: any) => { await prisma.role.count() }' },
    { client: 'src/elsewhere.ts' },
  )
  await expect(seed()).rejects.toThrow('The PrismaClient of src/elsewhere.ts is connected to another database')
})

test('a client that is not there is asked for', async () => {
  const { seed } = await projectOf(
    { own3: 'export default async ({ prisma }: any) => { await prisma.role.count() }' },
    { client: 'src/none.ts' },
  )
  await expect(seed()).rejects.toThrow('There is no PrismaClient for seeds: src/none.ts is not there')
})
