import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openProject } from '../../src/project/open.js'
import { createDatabase } from '../support/database.js'

test('what is pending or stopped halfway is refused by name; what has no file is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-applied-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const write = (name: string, text: string) => writeFile(join(folder, name), text)
  await write('godwit.config.json', '{ "format": "sql", "migrations": "." }')
  await write('1_a.sql', 'create table a ()')
  const { url } = await createDatabase()
  const project = await openProject({ cwd: folder, databaseUrl: url, env: {} })

  await expect(project.requireApplied()).rejects.toMatchObject({
    code: 'GODWIT_BEHIND',
    message: 'Not applied yet: 1_a.',
    hint: 'Apply what is pending: godwit up',
  })
  await project.up()
  expect((await project.requireApplied()).migrations).toMatchObject([{ name: '1_a', state: 'applied' }])

  await write('2_b.sql', '-- godwit: transaction=none\ncreate table b ();\nselect 1 / 0')
  await project.up()
  await write('3_c.sql', 'create table c ()')
  await expect(project.requireApplied()).rejects.toMatchObject({
    message: 'Not applied yet: 3_c. Not applied to the end: 2_b.',
  })
  await Promise.all(['1_a.sql', '2_b.sql', '3_c.sql'].map((name) => rm(join(folder, name))))
  await project.resolve('2_b', 'rolled-back')
  await expect(project.requireApplied()).resolves.toMatchObject({ migrations: [{ name: '1_a', state: 'missing' }] })
})
