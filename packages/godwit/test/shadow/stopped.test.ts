import { mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { openProject } from '../../src/project/open.js'

test('stopped while it compares, generating writes nothing', async () => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-stopped-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  symlinkSync(resolve(import.meta.dirname, '../../../../node_modules'), join(dir, 'node_modules'), 'junction')
  writeFileSync(join(dir, 'godwit.config.json'), '{ "format": "sql", "migrations": "." }')
  writeFileSync(join(dir, 'schema.txt'), 'create table a (x int); select pg_sleep(1.5);')
  const stop = new AbortController()
  const project = await openProject({ cwd: dir, env: {}, signal: stop.signal })
  const generating = project.generate('a', { from: 'schema.txt', shadow: inject('servers').pg18 })
  setTimeout(() => stop.abort('SIGTERM'), 500)
  await expect(generating).rejects.toMatchObject({ code: 'GODWIT_TERMINATED', hint: 'Nothing was written.' })
  expect(readdirSync(dir).filter((name) => name.endsWith('.sql'))).toEqual([])
})
