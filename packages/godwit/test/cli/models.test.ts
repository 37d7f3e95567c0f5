import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProject } from './run-cli.js'

const schema =
  'datasource db {\n  provider = "postgresql"\n}\n\n/// Who may come in.\nmodel User {\n  id   Int    @id\n  name String // as on the card\n}\n'

async function prismaProject(text: string) {
  const made = await cliProject({ 'godwit.config.json': '{ "format": "prisma" }', 'prisma/schema.prisma': text })
  const url = made.database.url
  return {
    ...made,
    schema: () => readFileSync(join(made.folder, 'prisma/schema.prisma'), 'utf8'),
    run: (...args: string[]) => made.run(...args, '--database-url', url),
  }
}

test('validate says what is valid, and where it is not', async () => {
  const { json, put, run } = await prismaProject(schema)
  expect((await json('validate')).document).toEqual({ valid: true, files: ['prisma/schema.prisma'], warnings: [] })
  put({ 'prisma/schema.prisma': schema.replace('name String', 'name Strin') })
  const wrong = await run('validate')
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('GODWIT_PRISMA_SCHEMA: The Prisma schema is not valid: Type "Strin"')
  expect(wrong.stderr).toContain('prisma/schema.prisma:8:8')
})

test('format lays the schema out, and --check only says so', async () => {
  const untidy = schema.replace('  id   Int    @id', ' id Int @id')
  const { run, schema: now } = await prismaProject(untidy)
  expect((await run('format', '--check')).code).toBe(3)
  expect(now()).toBe(untidy)
  expect((await run('format')).stdout).toContain('formatted prisma/schema.prisma')
  expect(now()).toBe(schema)
  expect(await run('format', '--check')).toMatchObject({ code: 0, stdout: 'Nothing to format.\n' })
})

test('pull is refused where the schema says more than the database, and keeps what it can', async () => {
  const { run, schema: now, database } = await prismaProject(`${schema}\nmodel Draft {\n  id Int @id\n}\n`)
  expect((await run('pull')).stderr).toContain('P4001')
  await database.query('CREATE TABLE "User" (id int PRIMARY KEY, name text NOT NULL, city varchar(20))')
  const refused = await run('pull')
  expect(refused.code).toBe(5)
  expect(refused.stderr).toMatch(/would be lost:\n {2}model Draft\n/)
  expect(now()).toContain('model Draft')
  const shown = await run('pull', '--dry-run')
  expect(shown.stdout).toContain('would lose model Draft')
  expect(now()).not.toContain('city')
  expect((await run('pull', '--force')).code).toBe(0)
  expect(now()).toContain('/// Who may come in.')
  expect(now()).toMatch(/city +String\? +@db\.VarChar\(20\)/)
  expect(now()).not.toContain('Draft')
  expect(await run('pull')).toMatchObject({ code: 0, stdout: 'The models say what the database holds.\n' })
})

test('a format whose models are code is told so', async () => {
  const { run } = await cliProject()
  expect((await run('validate')).stderr).toContain('GODWIT_NO_MODEL_FILES: The format sql has no model files')
})
