import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sqlProject } from '../contract/sql-project.js'
import { embedded } from '../contract/subject.js'
import { scratchFolder } from '../formats/scratch-folder.js'

const migration = { '1_a.sql': 'create table a ()' }
const refused = { code: 'GODWIT_EMBEDDED_FOLDER', exitCode: 2 }

test.each(['embedded:', 'embedded: '])("'%s' names no folder and is refused", async (url) => {
  const { folder, again } = await sqlProject({ url: 'embedded:memory' }, migration)
  const project = await again({ databaseUrl: url })
  await expect(project.up()).rejects.toMatchObject(refused)
  expect(readdirSync(folder).sort()).toEqual(['godwit.config.json', 'migrations'])
})

test.each(['up', 'status'] as const)(
  'a folder of something else is refused by %s, and stays as it is',
  async (verb) => {
    const root = await scratchFolder({ 'shop/package.json': '{}', file: '' })
    for (const name of ['shop', 'file']) {
      const { project } = await sqlProject({ url: `embedded:${join(root, name)}` }, migration)
      await expect(project[verb]()).rejects.toMatchObject(refused)
    }
    expect(readdirSync(root).sort()).toEqual(['file', 'shop'])
    expect(readdirSync(join(root, 'shop'))).toEqual(['package.json'])
  },
)

test('an empty folder and one of PGlite are taken; one that a crash left halfway is refused', async () => {
  const root = await scratchFolder({ 'empty/': '' })
  const { project } = await sqlProject({ url: `embedded:${join(root, 'empty')}` }, migration)
  expect((await project.up()).steps).toHaveLength(1)
  const made = (await embedded.open()).url
  const { project: second } = await sqlProject({ url: made }, migration)
  expect((await second.up()).steps).toHaveLength(1)
  rmSync(join(made.slice('embedded:'.length), 'PG_VERSION'))
  await expect(second.status()).rejects.toMatchObject(refused)
})
