import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { scratchFolder } from '../scratch-folder.js'

const modules = fileURLToPath(new URL('../../../../../node_modules', import.meta.url))
const datasource = 'datasource db {\n  provider = "postgresql"\n}\n'
const schema = `${datasource}model User {\n  id Int @id\n}\n`
const first = '20250101000000_add_users'

/** A Prisma project with one migration, and no database. */
async function project(text: string) {
  const folder = await scratchFolder({
    'prisma/schema.prisma': text,
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
    [`prisma/migrations/${first}/migration.sql`]:
      'CREATE TABLE "User" ("id" INTEGER NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));',
    'godwit.config.json': '{ "format": "prisma" }',
  })
  mkdirSync(join(folder, 'node_modules/@electric-sql'), { recursive: true })
  for (const name of ['@prisma', 'pg', '@electric-sql/pglite'])
    symlinkSync(join(modules, name), join(folder, 'node_modules', name))
  const opened = await openProject({ cwd: folder, env: {} })
  return { folder, opened, migrations: () => readdirSync(join(folder, 'prisma/migrations')).sort() }
}

const more = schema.replace('@id', '@id\n  name String?')

test.each([
  ['with a mistake', more.replace('String', 'Strin'), 'GODWIT_PRISMA_SCHEMA', 'Type "Strin"'],
  ['that is empty', '', 'GODWIT_PRISMA_SCHEMA', 'it has no datasource'],
  ['of another database', more.replace('postgresql', 'mysql'), 'GODWIT_PRISMA_PROVIDER', 'mysql'],
])('a schema %s', async (_, text, code, message) => {
  const { opened, migrations } = await project(text)
  await expect(opened.generate('more')).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
    exitCode: 2,
  })
  expect(migrations()).toEqual([first, 'migration_lock.toml'])
})

test('no schema', async () => {
  const { folder, opened } = await project('')
  rmSync(join(folder, 'prisma/schema.prisma'))
  await expect(opened.generate('more')).rejects.toMatchObject({ code: 'GODWIT_PRISMA_NO_SCHEMA' })
  writeFileSync(join(folder, 'prisma.config.mjs'), "export default { schema: 'models/shop.prisma' }\n")
  const named = await openProject({ cwd: folder, env: {} })
  await expect(named.generate('more')).rejects.toMatchObject({
    code: 'GODWIT_PRISMA_NO_SCHEMA',
    message: 'There is no Prisma schema at models/shop.prisma.',
  })
})

test('a name that is there already is refused with its place', async () => {
  const { opened, migrations } = await project(more)
  await expect(opened.generate('Add Users')).rejects.toMatchObject({
    code: 'GODWIT_NAME_TAKEN',
    message: `There is a migration 'add_users' already: prisma/migrations/${first}/migration.sql`,
  })
  expect(migrations()).toEqual([first, 'migration_lock.toml'])
})

test('a read-only folder: nothing of the migration is left', async () => {
  const { folder, opened, migrations } = await project(more)
  chmodSync(folder, 0o755)
  chmodSync(join(folder, 'prisma/migrations'), 0o555)
  onTestFinished(() => chmodSync(join(folder, 'prisma/migrations'), 0o755))
  const becomeNobody = async () => {
    if (process.getuid?.() !== 0) return
    process.seteuid?.(65534)
    onTestFinished(() => process.seteuid?.(0))
  }
  await expect(opened.generate('more', { beforeWriting: becomeNobody })).rejects.toMatchObject({
    code: 'GODWIT_FILE_UNWRITABLE',
    message: expect.stringContaining('EACCES'),
  })
  expect(migrations()).toEqual([first, 'migration_lock.toml'])
})

const text = schema.replace('@id', '@id\n  fullName String @db.VarChar(100)')
const named = `CREATE TABLE "User" ("id" INTEGER NOT NULL, "name" VARCHAR(50) NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));`

test.each([
  [{ rename: ['User.name:User.fulName'] }, 'no User.fulName in what is wanted; the nearest is User.fullName'],
  [{ noRename: ['User.nam:User.fullName'] }, 'no User.nam in the history; the nearest is User.name'],
])('an answer about what is not there: %j', async (answers, message) => {
  const { folder, opened, migrations } = await project(text)
  writeFileSync(join(folder, 'prisma/migrations', first, 'migration.sql'), named)
  await expect(opened.generate('more', answers)).rejects.toMatchObject({ message: expect.stringContaining(message) })
  expect(migrations()).toEqual([first, 'migration_lock.toml'])
})

test('--recreate is refused: how a type changes is decided by the engine', async () => {
  const { opened, migrations } = await project(text)
  await expect(opened.generate('more', { recreate: ['User.id'] })).rejects.toMatchObject({
    code: 'GODWIT_RECREATE_UNSUPPORTED',
    message: expect.stringContaining('User.id'),
  })
  expect(migrations()).toEqual([first, 'migration_lock.toml'])
})

test.each([
  ['is never closed', 'a\\"b'],
  ['ends elsewhere', 'a\\"b\\"c'],
])('a name with a double quote, which the engine does not double: it %s', async (_, name) => {
  const { opened, migrations } = await project(schema.replace('@id', `@id\n  odd Int? @map("${name}")`))
  await expect(opened.generate('more')).rejects.toMatchObject({
    code: 'GODWIT_PRISMA_UNREADABLE_SQL',
    exitCode: 5,
    message: expect.stringContaining('ADD COLUMN     "a"b'),
  })
  expect(migrations()).toEqual([first, 'migration_lock.toml'])
})

test('an answer may name the usual schema', async () => {
  const { folder, opened } = await project(text.replace('100', '50'))
  writeFileSync(join(folder, 'prisma/migrations', first, 'migration.sql'), named)
  const answered = await opened.generate('more', { noRename: ['public.User.name:public.User.fullName'] })
  expect(answered.statements.join()).toContain('DROP COLUMN "name"')
})
