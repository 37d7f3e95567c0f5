import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { start } from '../cli/run-cli.js'
import { createDatabase } from '../support/database.js'
import { readBlocks } from './blocks.js'
import { readersFolder, sqlProject } from './reader.js'
import { readShell } from './shell.js'

const lines = (await readBlocks('sh'))
  .filter(({ page }) => page === 'docs/templates.md')
  .flatMap(({ text }) => readShell(text))
const sql = { 'package.json': sqlProject['package.json'], 'godwit.config.json': sqlProject['godwit.config.json'] }
const ofNodePgMigrate = { ...sql, 'godwit.config.json': '{ "format": "node-pg-migrate", "migrations": "migrations" }' }

test.each(lines.map(({ words }) => [words.join(' '), words.slice(2)] as const))('%s', async (_, words) => {
  const files = words.includes('ts') ? ofNodePgMigrate : sql
  const folder = readersFolder({
    ...files,
    'godwit/templates/team.sql': '-- {{name}}\ncreate table teams (id int);\n',
    'godwit/templates/team.down.sql': 'drop table teams;\n',
    'my/table.sql': 'create table mine (id int);\n',
  })
  const env = { GODWIT_DATABASE_URL: (await createDatabase()).url }
  expect(await start(folder, env, [...words]).ended).toMatchObject({ code: 0 })
  expect(existsSync(join(folder, 'migrations')) && readdirSync(join(folder, 'migrations'))).not.toHaveLength(0)
  expect(await start(folder, env, ['up']).ended).toMatchObject({ code: 0 })
})
