import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { backupProject, errorOf } from './project.js'

const files = {
  'migrations/1_users.sql':
    "create table users (id int primary key, name text);\ninsert into users select i, 'n' || i from generate_series(1, 10) i;\n",
  'migrations/2_drop.sql': 'alter table users drop column name;\ncreate table more (n int);\n',
}

test('an embedded database comes back whole, and stands where it stood when it cannot', async () => {
  const project = backupProject({ database: 'embedded' }, files)
  await (await project.open()).up({ to: '1_users' })
  const backup = await (await project.open()).backup()
  expect(backup).toMatchObject({
    kind: 'embedded',
    tool: 'PGlite',
    tables: expect.arrayContaining([{ name: 'public.users', rows: 10 }]),
  })
  expect(await (await project.open()).verifyBackup(backup.file)).toMatchObject({
    on: 'PGlite',
    tables: backup.tables.length,
  })
  const { backup: ahead } = await (await project.open()).up({ backup: true })
  expect(ahead).toMatchObject({ kind: 'embedded', history: { last: '1_users' } })

  const refused = await errorOf((await project.open()).restore(backup.file))
  expect(refused).toMatchObject({ code: 'GODWIT_RESTORE_NOT_EMPTY' })
  // Nothing stands beside it that would tell what it is.
  const broken = join(project.folder, 'broken.tar.gz')
  writeFileSync(broken, Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6]))
  await errorOf((await project.open()).restore(broken, { clean: true, yes: true }))
  const states = async () => (await (await project.open()).status()).migrations.map(({ state }) => state)
  expect(await states()).toEqual(['applied', 'applied'])

  const { dropped } = await (await project.open()).restore(backup.file, { clean: true, yes: true })
  expect(dropped).toContain('table public.more')
  expect(await states()).toEqual(['applied', 'pending'])
  expect((await (await project.open()).up()).error).toBeUndefined()
})

test('one whose restore was killed between its two renames is there again', async () => {
  const project = backupProject({ database: 'embedded' }, files)
  await (await project.open()).up()
  const folder = join(project.folder, '.godwit/db')
  renameSync(folder, `${folder}.before`)
  expect((await (await project.open()).status()).migrations.map(({ state }) => state)).toEqual(['applied', 'applied'])
  expect(existsSync(`${folder}.before`)).toBe(false)
})

test('what is in memory has no backup', async () => {
  const project = backupProject({ database: 'embedded:memory' }, files)
  expect(await errorOf((await project.open()).backup())).toMatchObject({ code: 'GODWIT_BACKUP_KIND', exitCode: 2 })
})
