import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { createDatabase } from '../../support/database.js'
import { scratchFolder } from '../scratch-folder.js'

test('what the journal saw rolled back says nothing of a newer try of the peer that never ended', async () => {
  const { database, project, state } = await setup('create table a ();\nselect nope;')
  expect((await project.up()).error).toMatchObject({ details: { left: 'nothing' } })
  expect(await state()).toBe('pending')
  await database.query(`update _prisma_migrations set rolled_back_at = now()`)
  await database.query(`insert into _prisma_migrations (id, checksum, migration_name)
    values ('00000000-0000-4000-8000-000000000000', 'x', '1_a')`)
  expect(await state()).toBe('failed')
  await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED', exitCode: 5 })
  await project.resolve('1_a', 'rolled-back')
  expect(await state()).toBe('pending')
})

test('an edit that is accepted is written into _prisma_migrations', async () => {
  const { database, project, put, state } = await setup('create table a ();')
  await project.up()
  const checksum = async () => (await database.query(`select checksum from _prisma_migrations`))[0]?.checksum
  const before = await checksum()
  await put('create table a (id int);')
  expect(await state()).toBe('edited')
  await project.resolve('1_a', 'applied')
  expect(await state()).toBe('applied')
  expect(await checksum()).not.toBe(before)
  await database.query('drop schema godwit cascade')
  expect((await project.status()).migrations[0]?.warning).toBeUndefined()
})

async function setup(text: string) {
  const database = await createDatabase()
  const folder = await scratchFolder({
    'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
  })
  const put = async (content: string) => {
    await mkdir(join(folder, 'prisma/migrations/1_a'), { recursive: true })
    await writeFile(join(folder, 'prisma/migrations/1_a/migration.sql'), content)
  }
  await put(text)
  const project = await openProject({ cwd: folder, env: { DATABASE_URL: database.url }, wait: 0 })
  return { database, project, put, state: async () => (await project.status()).migrations[0]?.state }
}
