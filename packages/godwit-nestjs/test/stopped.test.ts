import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { makeProject } from './project.js'

test('asked to end while it migrates, the application cancels the statement, leaves nothing and says so', async () => {
  const { database, options, tables } = await makeProject({
    '1_a.sql': 'create table a (id int);\nselect pg_sleep(300)',
  })
  // Another database of the same server is nobody's business here.
  void (await makeProject({})).database.query('select pg_sleep(30)').catch(() => {})
  const file = fileURLToPath(new URL('stopped-app.mjs', import.meta.url))
  const child = spawn(process.execPath, [file, JSON.stringify({ ...options, onBoot: 'migrate' })])
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  child.stderr.on('data', (chunk) => {
    out += chunk
  })
  const sleeping = () =>
    database.query(
      `select from pg_stat_activity where query ~ 'pg_sleep' and datname = current_database() and pid <> pg_backend_pid()`,
    )
  await vi.waitUntil(async () => (await sleeping()).length > 0, { timeout: 20_000, interval: 100 })
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  expect({ code, out: out.trim().split('\n').at(-1) }).toEqual({ code: 143, out: 'GODWIT_TERMINATED' })
  expect(await sleeping()).toEqual([])
  expect(await tables()).toEqual([])
})
