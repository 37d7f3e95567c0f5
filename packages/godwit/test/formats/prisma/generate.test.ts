import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRenames } from '../../../src/project/renames.js'
import { GeneratedProject } from './support/generated-project.js'
import { serverSandbox } from './support/sandbox.js'

const user = (fields: string) => `model User {\n  id Int @id\n${fields}\n}\n`

async function project(models: string): Promise<GeneratedProject> {
  const made = await GeneratedProject.make(await serverSandbox(15), models)
  await made.setSchema(models)
  return made
}

test('the first migration comes with the lock file, and names what it compared', async () => {
  const made = await project(`${user('  role Role')}enum Role {\n  A\n}\n`)
  const { migration, compared, losses } = await made.generate('First One')
  expect(compared).toEqual(['1 model', '1 enum'])
  expect(losses).toEqual([])
  expect(migration?.name).toMatch(/^20260101\d{6}_first_one$/)
  const lock = await readFile(join(made.folder, 'prisma/migrations/migration_lock.toml'), 'utf8')
  expect(lock).toContain('provider = "postgresql"')
})

test('an unanswered rename is asked for, and nothing is written', async () => {
  const made = await project(`${user('  name String')}model Old {\n  id Int @id\n  n Int\n}\n`)
  await made.generate('first')
  await made.up()
  await made.setSchema(`${user('  fullName String\n  age Int?')}model New {\n  n Int\n  id Int @id\n}\n`)
  const { unanswered } = await made.generate('second')
  expect(unanswered).toEqual([
    { from: 'User.name', to: 'User.fullName' },
    { from: 'Old', to: 'New' },
  ])
})

test('names with dots, colons and spaces are asked about as well, and a rename of them is made', async () => {
  const schema = (table: string, column: string) =>
    `${user(`  name String @map("${column}")`)}model Thing {\n  id Int @id\n  n Int\n\n  @@map("${table}")\n}\n`
  const made = await project(schema('old.things', 'first.name'))
  await made.generate('first')
  await made.up()
  await made.query(`INSERT INTO "User" VALUES (1, 'Ann'); INSERT INTO "old.things" VALUES (1, 2)`)
  await made.setSchema(schema('new: things', 'full name'))
  const { unanswered } = await made.generate('second')
  expect(unanswered).toEqual([
    { from: 'User."first.name"', to: 'User.full name' },
    { from: '"old.things"', to: '"new: things"' },
  ])
  const { losses } = await made.generate('second', { renamed: unanswered })
  expect(losses).toEqual([])
  await made.up()
  expect(await made.query('SELECT "full name" FROM "User"')).toEqual([{ 'full name': 'Ann' }])
  expect(await made.query('SELECT n FROM "new: things"')).toEqual([{ n: 2 }])
  await made.setSchema(schema('thing.s', 'full name'))
  const denied = await made.generate('third', { notRenamed: [{ from: '"new: things"', to: '"thing.s"' }] })
  expect(denied.statements.join()).toContain('DROP TABLE "new: things"')
})

test('a rename keeps the data, and the way back too', async () => {
  const made = await project(user('  name String'))
  await made.generate('first')
  await made.up()
  await made.query(`INSERT INTO "User" VALUES (1, 'Ann')`)
  await made.setSchema(user('  fullName String\n  age Int?'))
  const { migration, losses } = await made.generate('second', { renamed: [{ from: 'User.name', to: 'User.fullName' }] })
  const [up, down] = migration?.files ?? []
  expect(up?.content).toBe(
    '-- RenameColumn\nALTER TABLE "User" RENAME COLUMN "name" TO "fullName";\n\n-- AlterTable\nALTER TABLE "User" ADD COLUMN     "age" INTEGER;\n',
  )
  expect(losses).toEqual([])
  expect(down?.content.split('\n')[0]).toBe('-- Lossy: takes away the data of column User.age.')
  await made.up()
  expect(await made.query('SELECT "fullName" FROM "User"')).toEqual([{ fullName: 'Ann' }])
  await made.down()
  expect(await made.query('SELECT name FROM "User"')).toEqual([{ name: 'Ann' }])
})

test.each([[['A:B', 'B:C']], [['B:C', 'A:B']]])('a chain of tables that are renamed: %j', async (written) => {
  const model = (name: string, field: string) => `model ${name} {\n  id Int @id\n  ${field} Int @unique\n}\n`
  const models = model('A', 'n') + model('B', 'm')
  const made = await project(models)
  await made.generate('first')
  await made.up()
  const before = await made.catalogue()
  await made.query('INSERT INTO "A" VALUES (1, 1); INSERT INTO "B" VALUES (2, 2)')
  await made.setSchema(model('B', 'n') + model('C', 'm'))
  const { migration, losses } = await made.generate('second', { renamed: readRenames(written).renamed })
  expect([losses, migration?.notes]).toEqual([[], []])
  await made.up()
  expect(await made.query('SELECT n, m FROM "B", "C"')).toEqual([{ n: 1, m: 2 }])
  expect((await made.generate('third')).statements).toEqual([])
  await made.down()
  expect(await made.catalogue()).toEqual(before)
})

test('a rename to a name that is taken is refused', async () => {
  const made = await project(`${user('  a Int\n  b Int')}model Other {\n  id Int @id\n}\n`)
  await made.generate('first')
  await made.up()
  for (const [from, to] of [
    ['User', 'Other'],
    ['User.a', 'User.b'],
  ] as const) {
    await expect(made.generate('second', { renamed: [{ from, to }] })).rejects.toMatchObject({
      code: 'GODWIT_RENAME_UNUSABLE',
      message: expect.stringContaining(`there is a ${to} already`),
    })
  }
})

test('a rename of what is not there is refused', async () => {
  const made = await project(user(''))
  const asked = made.generate('first', { renamed: [{ from: 'User.name', to: 'User.full' }] })
  await expect(asked).rejects.toMatchObject({ code: 'GODWIT_RENAME_UNUSABLE' })
})

test('what loses data is told, in the report and in the first line of the way back', async () => {
  const made = await project(user('  name String'))
  await made.generate('first')
  await made.up()
  await made.setSchema(user(''))
  const { migration, losses } = await made.generate('second')
  expect(losses).toEqual([
    'You are about to drop the column `name` on the `User` table. All the data in the column will be lost.',
  ])
  expect(migration?.files[1]?.content).toMatch(/^-- Lossy: brings back without their data column User\.name\.\n/)
})

test('with a database at hand, losses are told with their rows, and what the rows make impossible', async () => {
  const made = await project(`${user('  name String')}model Gone {\n  id Int @id\n}\n`)
  await made.generate('first')
  await made.up()
  await made.query(`INSERT INTO "User" VALUES (1, 'Ann'), (2, 'Ben'); INSERT INTO "Gone" VALUES (1), (2), (3)`)
  await made.setSchema(user('  age Int'))
  const { losses, migration } = await made.generate('second', {}, true)
  expect(losses).toEqual([
    'You are about to drop the column `name` on the `User` table, which still contains 2 non-null values.',
    'You are about to drop the `Gone` table, which is not empty (3 rows).',
  ])
  expect(migration?.notes?.[0]).toBe(
    'Added the required column `age` to the `User` table without a default value. There are 2 rows in this table, it is not possible to execute this step.',
  )
  expect(migration?.files[0]?.content).toContain('All the data in the column will be lost.')
})

test('an invalid schema is told with every problem, at the place of the first', async () => {
  const made = await project('model User {\n  id Int\n  "ä"\n  foo Bar\n}\n')
  await expect(made.generate('first')).rejects.toMatchObject({
    code: 'GODWIT_PRISMA_SCHEMA',
    details: { file: 'prisma/schema.prisma', line: 7, column: 3 },
  })
  expect(await readdir(join(made.folder, 'prisma/migrations'))).toEqual([])
})

test.each(['', '  ', '../evil', 'a/../../b', '…'])('the name %j is refused', async (name) => {
  const made = await project(user(''))
  await expect(made.generate(name)).rejects.toMatchObject({ code: 'GODWIT_NAME_UNUSABLE' })
})

test('a schema of Prisma 6, whose datasource has a URL, is compared as well', async () => {
  const made = await project(user(''))
  await writeFile(
    join(made.folder, 'prisma/schema.prisma'),
    `datasource db {\n  provider = "postgresql"\n  url      = env("DATABASE_URL")\n}\n\n${user('  name String')}`,
  )
  await mkdir(join(made.folder, 'node_modules/prisma'), { recursive: true })
  await writeFile(join(made.folder, 'node_modules/prisma/package.json'), '{ "version": "6.19.0" }')
  const { migration } = await made.generate('first')
  expect(migration?.files[0]?.content).toContain('CREATE TABLE "User"')
})

test('a schema in several files is one', async () => {
  const made = await project(user('  role Role'))
  await writeFile(join(made.folder, 'prisma/more.prisma'), 'enum Role {\n  A\n}\n')
  await writeFile(join(made.folder, 'prisma.config.mjs'), "export default { schema: 'prisma' }\n")
  const { compared } = await made.generate('first')
  expect(compared).toEqual(['1 model', '1 enum'])
})

test('tables and enums that the config leaves to others are left alone', async () => {
  const made = await project(user(''))
  await made.generate('first')
  await made.byHand('theirs', "CREATE TABLE theirs (id int PRIMARY KEY); CREATE TYPE mood AS ENUM ('good')")
  await made.up()
  await writeFile(
    join(made.folder, 'prisma.config.mjs'),
    "export default { tables: { external: ['public.theirs'] }, enums: { external: ['public.mood'] } }\n",
  )
  expect((await made.generate('second')).statements).toEqual([])
})

test("a URL that names a schema: the history was replayed in the server's usual one, and is compared as that", async () => {
  const made = await project(`${user('  role Role')}enum Role {\n  A\n}\n`)
  await made.generate('first')
  await made.up()
  await writeFile(
    join(made.folder, 'prisma.config.mjs'),
    "export default { datasource: { url: 'postgres://h/d?schema=shop' } }\n",
  )
  expect((await made.generate('second')).statements).toEqual([])
  await made.setSchema(user(''))
  const { statements, migration } = await made.generate('third')
  expect(statements).toEqual(['ALTER TABLE "User" DROP COLUMN "role"', 'DROP TYPE "Role"'])
  expect(migration?.files[1]?.content).toContain('CREATE TYPE "shop"."Role"')
})

test('a script that would fail is tried on the shadow, and what is in its way is told', async () => {
  const made = await project(user('  name String'))
  await made.generate('first')
  await made.byHand('view', 'CREATE VIEW names AS SELECT name FROM "User"')
  await made.up()
  await made.setSchema(user(''))
  const { migration } = await made.generate('second')
  expect(migration?.notes).toEqual([
    'migration.sql fails on the shadow: cannot drop column name of table "User" because other objects depend on it (view names depends on column name of table "User"). Correct it before it is applied; down.sql was not tried.',
  ])
})

test('a script that changes an enum, which brings a transaction of its own, is tried as well', async () => {
  const models = (last: string) => `${user('  role Role')}enum Role {\n  A\n  ${last}\n}\n`
  const made = await project(models('B'))
  await made.generate('first')
  await made.up()
  await made.setSchema(models('C'))
  expect((await made.generate('second')).migration?.notes?.filter((note) => note.includes('fails on'))).toEqual([])
  await made.up()
  await made.byHand('view', 'CREATE VIEW roles AS SELECT role FROM "User"')
  await made.up()
  await made.setSchema(models('D'))
  expect((await made.generate('third')).migration?.notes).toContainEqual(
    expect.stringMatching(/^migration.sql fails on the shadow: cannot alter type of a column used by a view/),
  )
})

test('an enum that the models say, too, is not among what is left alone; one that only a view needs is', async () => {
  const models = `${user('  role Role')}enum Role {\n  A\n}\n`
  const made = await project(models)
  await made.generate('first')
  await made.byHand(
    'by hand',
    `CREATE VIEW roles AS SELECT role FROM "User"; CREATE TYPE mood AS ENUM ('x'); CREATE VIEW moods AS SELECT 'x'::mood AS mood`,
  )
  await made.up()
  await made.setSchema(models.replace('role Role', 'role Role\n  at Int?'))
  expect((await made.generate('second')).kept).toEqual(['type mood', 'view moods', 'view roles'])
})

test('policies, row security and comments that go with a table or a column are told', async () => {
  const made = await project(`${user('  name String')}model Gone {\n  id Int @id\n}\n`)
  await made.generate('first')
  await made.byHand(
    'by hand',
    `ALTER TABLE "Gone" ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON "Gone" USING (id > 0); COMMENT ON TABLE "Gone" IS 'soon';
     COMMENT ON COLUMN "User".name IS 'as on the card'; COMMENT ON COLUMN "User".id IS 'stays';
     ALTER TABLE "User" ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON "User" USING (id > 0)`,
  )
  await made.up()
  await made.setSchema(user(''))
  const { losses, kept } = await made.generate('second')
  expect(losses.filter((each) => each.startsWith('The '))).toEqual([
    'The policy p on Gone goes, too.',
    'The row security on Gone goes, too.',
    'The comment on table Gone goes, too.',
    'The comment on column User.name goes, too.',
  ])
  expect(kept).toEqual(['policy mine on User', 'row security on User'])
})
