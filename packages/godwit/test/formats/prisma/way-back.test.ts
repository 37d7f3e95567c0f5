import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { scratchFolder } from '../scratch-folder.js'
import { GeneratedProject } from './support/generated-project.js'
import { serverSandbox } from './support/sandbox.js'

const modules = fileURLToPath(new URL('../../../../../node_modules', import.meta.url))

/** What is generated when the models change, where some SQL by hand stands between. */
async function changed(before: string, hand: string, after: string, renamed: { from: string; to: string }[] = []) {
  const made = await GeneratedProject.make(await serverSandbox(18), '')
  await made.setSchema(before)
  await made.generate('before')
  if (hand !== '') await made.byHand('hand', hand)
  await made.up()
  await made.setSchema(after)
  const { migration, failing, unanswered } = await made.generate('change', { renamed })
  expect(unanswered).toEqual([])
  const [up, down] = migration?.files ?? []
  return { made, up: up?.content ?? '', down: down?.content ?? '', notes: migration?.notes ?? [], failing }
}

test('a way back that fails on the shadow is said, in the file too', async () => {
  const { made, down, notes } = await changed(
    'model A {\n  id Int @id\n  code Int? @unique\n  bs B[]\n}\nmodel B {\n  id Int @id\n  code Int?\n  a A? @relation(fields: [code], references: [code])\n}\n',
    'ALTER TABLE "B" DROP CONSTRAINT "B_code_fkey"; DROP INDEX "A_code_key"; CREATE UNIQUE INDEX "A_code_key" ON "A" (code) NULLS NOT DISTINCT; ALTER TABLE "B" ADD CONSTRAINT "B_code_fkey" FOREIGN KEY (code) REFERENCES "A"(code) ON DELETE SET NULL ON UPDATE CASCADE',
    'model B {\n  id Int @id\n  code Int?\n}\n',
  )
  const reason = 'relation "A_code_key" already exists'
  expect(notes).toContain(`down.sql fails on the shadow: ${reason}. It is no way back until it is corrected.`)
  expect(down.split('\n')[1]).toBe(`-- No way back as it stands: it fails on the shadow: ${reason}.`)
  await made.up()
  await expect(made.down()).rejects.toThrow(reason)
})

test('a way back that leads elsewhere is said, in the file too', async () => {
  const { down, notes } = await changed(
    'model A {\n  id Int @id\n}\nmodel B {\n  id Int @id\n}\n',
    'ALTER TABLE "A" SET UNLOGGED',
    'model B {\n  id Int @id\n}\n',
  )
  const where = 'it brings back in another way table A'
  expect(notes).toEqual([`down.sql does not lead quite back: ${where}.`])
  expect(down).toContain(`\n-- Does not lead quite back: ${where}.\n\n-- CreateTable\n`)
})

test('a way back behind a migration that fails is not called tried', async () => {
  const { down, notes, failing } = await changed(
    'model A {\n  id Int @id\n  name String\n}\n',
    'CREATE VIEW v AS SELECT name FROM "A"',
    'model A {\n  id Int @id\n}\n',
  )
  expect(failing).toEqual({
    statement: 'ALTER TABLE "A" DROP COLUMN "name"',
    reason: expect.stringContaining('other objects depend on it'),
  })
  expect(notes).toEqual([expect.stringMatching(/^migration\.sql fails .*; down\.sql was not tried\.$/)])
  expect(down.split('\n')[1]).toBe('-- Not tried on the shadow, where migration.sql fails.')
})

test('a new value of an enum that is used at once is tried on a copy', async () => {
  const models = (values: string, last: string) =>
    `datasource db {\n  provider = "postgresql"\n}\nmodel A {\n  id Int @id\n  role Role @default(${last})\n}\nenum Role {\n${values}}\n`
  const folder = await scratchFolder({
    'prisma/schema.prisma': models('  X\n', 'X'),
    'godwit.config.json': '{ "format": "prisma" }',
  })
  mkdirSync(join(folder, 'node_modules/@electric-sql'), { recursive: true })
  for (const name of ['@prisma', 'pg', '@electric-sql/pglite'])
    symlinkSync(join(modules, name), join(folder, 'node_modules', name))
  const project = await openProject({ cwd: folder, env: {} })
  await project.generate('before')
  const added = models('  X\n  Y\n', 'Y')
  writeFileSync(join(folder, 'prisma/schema.prisma'), added)
  const { notes, files } = await project.generate('change', { dryRun: true })
  expect(files[0]?.content).toContain(`SET DEFAULT 'Y'`)
  expect(files[1]?.content).toMatch(/^-- AlterEnum\nBEGIN;/)
  expect(notes).toEqual([])

  const [first = ''] = readdirSync(join(folder, 'prisma/migrations'))
  writeFileSync(
    join(folder, 'prisma/migrations', first, 'migration.sql'),
    `CREATE TYPE "Role" AS ENUM ('X');\nCREATE UNLOGGED TABLE "A" (id int PRIMARY KEY, role "Role" NOT NULL DEFAULT 'X');
CREATE VIEW v AS SELECT role FROM "A";\n`,
  )
  const inTheWay = await project.generate('change', { dryRun: true })
  expect(inTheWay.notes).toEqual([
    expect.stringMatching(/^down\.sql fails on the shadow: cannot alter type of a column/),
  ])
})
