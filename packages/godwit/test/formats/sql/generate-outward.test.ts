import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { createDatabase } from '../../support/database.js'
import { scratchFolder } from '../scratch-folder.js'

test('a file of SQL that leads out of the scratch database on a server is refused, and nothing of it is done', async () => {
  const folder = await scratchFolder({
    'godwit.config.mjs': `export default { format: 'sql' }`,
    'migrations/1_a.sql': 'create table a (x int);',
  })
  const { query } = await createDatabase()
  const project = await openProject({ cwd: folder, env: {} })
  const [{ name }] = (await query('select current_database() as name')) as [{ name: string }]
  for (const statement of [`drop database "${name}" with (force)`, `alter database "${name}" set work_mem = '9MB'`]) {
    await writeFile(join(folder, 'schema.sql'), `create table a (x int, y int);\n${statement};`)
    await expect(
      project.generate('b', { from: 'schema.sql', shadow: inject('servers').pg18, cache: false }),
    ).rejects.toMatchObject({
      code: 'GODWIT_FROM_FAILED',
      message: expect.stringContaining('a shadow lets nothing out of its database, and this is about databases'),
      details: { line: 2 },
    })
  }
  expect(await query('select 1 as there')).toEqual([{ there: 1 }])
})
