import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { scratchFolder } from '../scratch-folder.js'

const modules = fileURLToPath(new URL('../../../../../node_modules', import.meta.url))

const models = `datasource db {
  provider = "postgresql"
  schemas  = ["public", "auth"]
}
model accounts {
  id   Int          @id
  mood auth_mood
  User User[]
  @@schema("auth")
}
enum auth_mood {
  good
  @@schema("auth")
}
model User {
  id        Int      @id
  accountId Int
  account   accounts @relation(fields: [accountId], references: [id])
  @@schema("public")
}
`
const theirs =
  "CREATE SCHEMA auth; CREATE TYPE auth.auth_mood AS ENUM ('good'); CREATE TABLE auth.accounts (id int PRIMARY KEY, mood auth.auth_mood NOT NULL);"

async function project(initShadowDb: string, schema = models) {
  const folder = await scratchFolder({
    'prisma/schema.prisma': schema,
    'godwit.config.json': '{ "format": "prisma" }',
  })
  const put = (sql: string) =>
    writeFileSync(
      join(folder, 'prisma.config.mjs'),
      `export default ${JSON.stringify({
        experimental: { externalTables: true },
        migrations: { initShadowDb: sql },
        tables: { external: ['auth.accounts'] },
        enums: { external: ['auth.auth_mood'] },
      })}\n`,
    )
  put(initShadowDb)
  mkdirSync(join(folder, 'node_modules/@electric-sql'), { recursive: true })
  for (const name of ['@prisma', 'pg', '@electric-sql/pglite'])
    symlinkSync(join(modules, name), join(folder, 'node_modules', name))
  return { folder, put, open: () => openProject({ cwd: folder, env: {} }) }
}

test('what is left to others is made on the shadow by initShadowDb, and no migration makes or drops it', async () => {
  const { open, folder, put } = await project(theirs)
  const first = await (await open()).generate('first')
  expect(first.statements).toEqual([
    expect.stringContaining('CREATE TABLE "User"'),
    expect.stringContaining('REFERENCES "auth"."accounts"("id")'),
  ])
  expect(first.notes).toEqual([])
  expect((await (await open()).generate('second')).name).toBeNull()

  writeFileSync(
    join(folder, 'prisma/schema.prisma'),
    'datasource db {\n  provider = "postgresql"\n  schemas  = ["public", "auth"]\n}\nmodel User {\n  id        Int      @id\n  accountId Int\n @@schema("public")\n}\n',
  )
  const dropped = await (await open()).generate('third')
  expect(dropped.statements).toEqual([expect.stringMatching(/DROP CONSTRAINT "User_accountId_fkey"$/)])
  expect(dropped.notes).toEqual([])

  // The kept state depends on it.
  put('CREATE SCHEMA auth')
  await expect((await open()).generate('fourth')).rejects.toThrow('relation "auth.accounts" does not exist')
})

test('what fails in initShadowDb is said', async () => {
  const { open } = await project('CREATE TABLE nowhere.t ()')
  await expect((await open()).generate('first')).rejects.toMatchObject({
    code: 'GODWIT_SHADOW_REPLAY',
    message: expect.stringMatching(/^migrations\.initShadowDb fails on the shadow, .*schema "nowhere" does not exist/),
  })
})

test('initShadowDb leads nowhere out of a shadow on a server', async () => {
  const { open } = await project(`${theirs} CREATE ROLE godwit_was_here`)
  await expect((await open()).generate('first', { shadow: inject('servers').pg18 })).rejects.toThrow(
    'a shadow lets nothing out of its database',
  )
})
