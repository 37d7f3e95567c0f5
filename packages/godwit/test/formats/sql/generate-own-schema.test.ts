import { symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, inject, test } from 'vitest'
import { openProject } from '../../../src/project/open.js'
import { createDatabase } from '../../support/database.js'
import { scratchFolder } from '../scratch-folder.js'

test("the schema of Godwit's own records is the one that the config names", async () => {
  const dir = await scratchFolder({
    'migrations/': '',
    'godwit.config.json': '{ "format": "sql", "migrations": "migrations", "godwit": { "schema": "ops" } }',
  })
  symlinkSync(resolve(import.meta.dirname, '../../../../../node_modules'), join(dir, 'node_modules'), 'junction')
  const source = await createDatabase()
  await source.query(`create schema ops; create table ops.runs (id int); create table users (id int);
    create schema godwit; create table godwit.birds (id int)`)
  const project = await openProject({ cwd: dir, env: {} })
  const shadow = inject('servers').pg18
  const { statements } = await project.generate('first', { from: source.url, shadow, dryRun: true })
  expect(statements.join('\n')).toMatch(/"godwit"\."birds"/)
  expect(statements.join('\n')).not.toContain('ops')
})
