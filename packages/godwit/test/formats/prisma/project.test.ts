import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Format } from '../../../src/formats/contract.js'
import { openPrismaFormat, type PrismaSection } from '../../../src/formats/prisma/index.js'
import { scratchFolder } from '../scratch-folder.js'

interface Options {
  section?: PrismaSection
  migrations?: string
  env?: Record<string, string>
}

async function open(files: Record<string, string | Buffer>, options: Options = {}) {
  const projectDir = await scratchFolder(files)
  const told: string[] = []
  const format: Format = await openPrismaFormat({
    projectDir,
    migrations: options.migrations,
    section: options.section,
    warn: (message) => told.push(message),
    verbose: (message) => told.push(message),
    env: options.env ?? {},
  })
  return { projectDir, told, format, names: async () => (await format.list()).map((file) => file.name).sort() }
}

const schema = (lines: string) =>
  `generator client {\n  provider = "prisma-client"\n}\n\ndatasource db {\n${lines}\n}\n`
const postgres = schema('  provider = "postgresql"\n  url = env("DATABASE_URL")')

test('lists folders by their whole name, with the checksums of Prisma', async () => {
  const text = 'create table a ();\ncreate table b ();\n'
  const { format, projectDir } = await open({
    'prisma/schema.prisma': postgres,
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"',
    'prisma/migrations/20240101000000_a/migration.sql': text,
    'prisma/migrations/20240101000000_a/down.sql': 'drop table a',
    'prisma/migrations/20240101000000_ü "it\'s" b.sql/migration.sql': text.replaceAll('\n', '\r\n'),
    'prisma/migrations/x/migration.sql': `\uFEFF${text}`,
  })
  const sha = (content: string) => createHash('sha256').update(content).digest('hex')
  const files = new Map((await format.list()).map((file) => [file.name, file]))
  expect([...files.keys()].sort()).toEqual(['20240101000000_a', '20240101000000_ü "it\'s" b.sql', 'x'])
  const [a, b, x] = [...files.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
  expect(a).toEqual({
    name: '20240101000000_a',
    file: join(projectDir, 'prisma/migrations/20240101000000_a/migration.sql'),
    sortKey: '20240101000000_a',
    hash: `sql:${sha(text)}`,
    checksum: sha(text),
    sameChecksums: [sha(text), sha(text.replaceAll('\n', '\r\n'))],
    reversible: true,
  })
  expect(b).toMatchObject({ hash: a?.hash, checksum: a?.sameChecksums?.[1], reversible: false })
  expect(x).toMatchObject({ hash: a?.hash, checksum: sha(`\uFEFF${text}`) })
})

test('hashes a large file in pieces as it hashes it whole', async () => {
  const text = "insert into a values ('äö');\r\n".repeat(400_000)
  const { format } = await open({ 'prisma/migrations/1/migration.sql': `\uFEFF${text}` })
  const sha = (content: string) => createHash('sha256').update(content).digest('hex')
  const lf = text.replaceAll('\r\n', '\n')
  expect((await format.list())[0]).toMatchObject({
    hash: `sql:${sha(lf)}`,
    checksum: sha(`\uFEFF${text}`),
    sameChecksums: [sha(`\uFEFF${lf}`), sha(`\uFEFF${text}`)],
  })
})

test.each([
  ['beside the schema', { 'schema.prisma': postgres, 'migrations/1/migration.sql': 'x' }, {}],
  [
    'by the section',
    { 'db/s.prisma': postgres, 'db/migrations/1/migration.sql': 'x' },
    { section: { schema: 'db/s.prisma' } },
  ],
  ['by the section itself', { 'm/1/migration.sql': 'x' }, { section: { migrations: 'm' } }],
  ['by the config of Godwit', { 'm/1/migration.sql': 'x' }, { migrations: 'm' }],
  [
    'by package.json',
    {
      'package.json': '{"prisma":{"schema":"db/s.prisma"}}',
      'db/s.prisma': postgres,
      'db/migrations/1/migration.sql': 'x',
    },
    {},
  ],
  [
    'beside the file with the datasource of a schema in several files',
    {
      'prisma/schema/models/user.prisma': 'model User {\n  id Int @id\n}\n',
      'prisma/schema/main.prisma': postgres,
      'prisma/schema/migrations/1/migration.sql': 'x',
    },
    {},
  ],
  [
    'beside the folder of a schema in several files',
    { 'prisma/schema/main.prisma': postgres, 'prisma/migrations/1/migration.sql': 'x' },
    {},
  ],
  [
    'by prisma.config.ts',
    { 'prisma.config.ts': "export default { migrations: { path: 'db/m' as string } }", 'db/m/1/migration.sql': 'x' },
    {},
  ],
  [
    "by a config's schema, relative to it",
    {
      '.config/prisma.mjs': "export default { schema: '../db/s.prisma' }",
      'db/s.prisma': postgres,
      'db/migrations/1/migration.sql': 'x',
    },
    {},
  ],
])('finds the migrations %s', async (_, files: Record<string, string>, options: Options) => {
  expect(await (await open(files, options)).names()).toEqual(['1'])
})

test('a config file that wants a variable does not keep the migrations from being listed', async () => {
  const { names, told, format } = await open({
    'prisma.config.ts': "throw new Error('Missing required environment variable: DATABASE_URL')",
    'prisma/migrations/1/migration.sql': 'x',
  })
  expect(await names()).toEqual(['1'])
  expect(told.join()).toContain('DATABASE_URL')
  await expect(format.target?.()).rejects.toMatchObject({ code: 'GODWIT_FILE_THROWS' })
})

test.each([
  ['directUrl before url', 'provider = "postgresql"\nurl = env("A")\ndirectUrl = env("B")', 'postgres://b'],
  [
    'url where directUrl is not set',
    'provider = "postgresql"\nurl = env("A")\ndirectUrl = env("NONE")',
    'postgres://a',
  ],
  [
    'a URL with // and a comment',
    'provider="postgres" // no\nurl = "postgres://c/\\"x\\"" // env("A")',
    'postgres://c/"x"',
  ],
  ['nothing in a schema of Prisma 7', 'provider = "postgresql"', undefined],
  ['braces in a string', 'provider = "postgresql"\nurl = "postgres://d/{x}"', 'postgres://d/{x}'],
])('takes the target from the schema: %s', async (_, lines, url) => {
  const files = { 'prisma/schema.prisma': `// datasource old {\n//  url = "no"\n// }\n${schema(lines)}` }
  const { format } = await open(files, { env: { A: 'postgres://a', B: 'postgres://b' } })
  expect(await format.target?.()).toBe(url)
})

test('takes the target from prisma.config.ts before the schema, directUrl first', async () => {
  const files = { 'prisma/schema.prisma': postgres, 'prisma/migrations/1/migration.sql': 'x' }
  const config = (datasource: string) => ({
    ...files,
    'prisma.config.ts': `export default { datasource: ${datasource} }`,
  })
  const target = async (datasource: string) =>
    (await open(config(datasource), { env: { DATABASE_URL: 'postgres://schema' } })).format.target?.()
  expect(await target("{ url: 'postgres://a', directUrl: 'postgres://b' }")).toBe('postgres://b')
  expect(await target("{ url: 'postgres://a' }")).toBe('postgres://a')
  expect(await target("{ url: '' }")).toBe('postgres://schema')
})

test('reads .env beside the schema, behind the environment', async () => {
  const files = {
    'prisma/schema.prisma': postgres,
    'prisma/.env': 'DATABASE_URL="postgres://beside"',
    '.env': 'DATABASE_URL=no',
  }
  expect(await (await open(files)).format.target?.()).toBe('postgres://beside')
  expect(await (await open(files, { env: { DATABASE_URL: 'postgres://env' } })).format.target?.()).toBe(
    'postgres://env',
  )
})

test.each([
  ['a folder without its script', { 'prisma/migrations/1/': '' }, 'GODWIT_PRISMA_NO_SCRIPT', 'prisma/migrations/1'],
  ['no folder', { 'prisma/schema.prisma': postgres }, 'GODWIT_FOLDER_MISSING', 'prisma/migrations'],
  [
    'a script that cannot be read',
    { 'prisma/migrations/1/migration.sql/x': '' },
    'GODWIT_FILE_UNREADABLE',
    'migration.sql',
  ],
  [
    'another database',
    { 'prisma/schema.prisma': schema('provider = "mysql"'), 'prisma/migrations/1/migration.sql': 'x' },
    'GODWIT_PRISMA_PROVIDER',
    'mysql',
  ],
  [
    'another database in the lock file',
    { 'prisma/migrations/migration_lock.toml': '# x\nprovider = "cockroachdb"\n' },
    'GODWIT_PRISMA_PROVIDER',
    'cockroachdb',
  ],
])('refuses %s', async (_, files, code, part) => {
  const { format } = await open(files)
  await expect(format.list()).rejects.toMatchObject({ code, message: expect.stringContaining(part) })
})

test.each([
  ['4.16.2', true],
  ['5.22.0', false],
  ['6.19.0', false],
  ['7.10.0', false],
  ['8.0.0', true],
])('with Prisma %s installed: refused %s', async (version, refused) => {
  const files = { 'node_modules/prisma/package.json': JSON.stringify({ name: 'prisma', version }) }
  const opened = open(files)
  if (refused) await expect(opened).rejects.toMatchObject({ code: 'GODWIT_PRISMA_VERSION' })
  else await expect(opened).resolves.toBeDefined()
})

test('refuses a proxy URL without showing its key', async () => {
  const { format } = await open({
    'prisma/schema.prisma': schema('provider = "postgresql"\nurl = "prisma://x/?api_key=secret"'),
  })
  await expect(format.target?.()).rejects.toMatchObject({
    code: 'GODWIT_PRISMA_PROXY',
    message: expect.not.stringContaining('secret'),
  })
})

test('composes a migration as Prisma names it, with the lock file where there is none', async () => {
  const now = new Date('2026-11-21T07:08:09Z')
  const fresh = await open({ 'prisma/schema.prisma': postgres })
  const made = await fresh.format.create('AddUsers & roles', { now })
  const name = '20261121070809_add_users_and_roles'
  expect(made.name).toBe(name)
  expect(made.files.map((file) => file.path)).toEqual(
    [`${name}/migration.sql`, `${name}/down.sql`, 'migration_lock.toml'].map((path) =>
      join(fresh.projectDir, 'prisma/migrations', path),
    ),
  )
  const second = await open({
    'prisma/migrations/20261121070809_z/migration.sql': 'x',
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"',
  })
  const { files, name: next } = await second.format.create('a', { now })
  expect([next, files.length]).toEqual(['20261121070810_a', 2])
  await expect(fresh.format.create('…', { now })).rejects.toMatchObject({ code: 'GODWIT_NAME_UNUSABLE' })
})

test('an empty way back and an unwritten migration are refused, an empty one of Prisma is not', async () => {
  const { format } = await open({
    'prisma/migrations/1/migration.sql': '-- This is an empty migration.',
    'prisma/migrations/1/down.sql': '-- The way back',
    'prisma/migrations/2/migration.sql': 'x',
  })
  const files = (await format.list()).sort((one, other) => (one.name < other.name ? -1 : 1))
  expect(await format.load(files[0]!, 'up')).toMatchObject({ kind: 'collected' })
  await expect(format.load(files[0]!, 'down')).rejects.toMatchObject({ code: 'GODWIT_EMPTY_MIGRATION' })
  expect(await format.load(files[1]!, 'down')).toBeNull()
  const made = await format.create('x', { now: new Date() })
  const unwritten = await open({ 'prisma/migrations/3/migration.sql': made.files[0]!.content })
  const [file] = await unwritten.format.list()
  await expect(unwritten.format.load(file!, 'up')).rejects.toMatchObject({ code: 'GODWIT_EMPTY_MIGRATION' })
})
