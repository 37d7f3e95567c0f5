import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProject } from './run-cli.js'

const rows = `insert into a select generate_series(1, 5000); analyze a`

test('the lock, who waits and what is rewritten stand behind every statement', async () => {
  const { run, json, put, database } = await cliProject()
  await run('up')
  await database.query(rows)
  put({
    'migrations/3_c.sql':
      'alter table a add column n text;\nalter table a alter column id type bigint;\ncreate table fresh (id int);\nalter table fresh add b int;',
  })
  put({ 'migrations/4_d.sql': 'create index concurrently by_n on a (n);' })
  const plan = await run('plan')
  expect(plan.stdout).toMatch(/3_c +one transaction, cannot be undone/)
  expect(plan.stdout).toMatch(/alter table a add column n text +AccessExclusive on a, instant: reads and writes wait/)
  expect(plan.stdout).toMatch(
    /type bigint +AccessExclusive on a \(5001 rows, \d+\.\d MB\), rewritten.*: reads and writes wait/,
  )
  expect(plan.stdout).toMatch(/alter table fresh add b int +instant/)
  expect(plan.stdout).toMatch(
    /concurrently by_n on a \(n\) +ShareUpdateExclusive on a .*an index built.*; reads and writes go on/,
  )
  const { document } = await json('plan')
  expect((document.steps as { statements: unknown[] }[])[0]?.statements[1]).toMatchObject({
    blocks: 'reads and writes',
    locks: [{ table: 'a', mode: 'AccessExclusive', rows: 5001, new: false }],
    work: [{ table: 'a', does: 'rewrites', all: true }],
  })
})

test('for a pull request as Markdown, and folded for GitHub', async () => {
  const { run, put } = await cliProject()
  await run('up')
  put({ 'migrations/3_c.sql': "alter table a add constraint c check (id::text <> 'a|`b`');" })
  const markdown = await run('plan', '--format', 'markdown')
  expect(markdown.stdout).toContain('#### `3_c`: one transaction, cannot be undone')
  expect(markdown.stdout).toContain(
    "| `` alter table a add constraint c check (id::text <> 'a\\|`b`') `` | AccessExclusive on a",
  )
  const github = await run('plan', '--format=github')
  expect(github.stdout).toMatch(/^<!-- godwit plan -->\n/)
  expect(github.stdout).toContain('<details open><summary><code>3_c</code>: one transaction')
  const wrong = await run('plan', '--format', 'markdwn')
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("Did you mean 'markdown'?") })
})

test('a plan that was looked at is what runs, or nothing is', async () => {
  const { run, put, folder } = await cliProject()
  const file = join(folder, 'plan.json')
  const write = async () => put({ 'plan.json': (await run('plan', 'up', '--json')).stdout })
  await write()
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ hash: expect.any(String) })
  put({ 'migrations/2_b.sql': 'select 1;' })
  const changed = await run('up', '--plan', 'plan.json')
  expect(changed).toMatchObject({ code: 5, stderr: expect.stringContaining('a file was changed since') })
  expect((await run('status', '--check')).code).toBe(3)
  put({ 'migrations/3_c.sql': 'select 1;' })
  expect((await run('up', '--plan', 'plan.json')).stderr).toContain('3_c is in one of them only')
  await write()
  expect((await run('up', '--plan', 'plan.json')).code).toBe(0)
  expect(await run('up', '--plan', 'plan.json')).toMatchObject({ code: 5 })
  expect(await run('up', '--plan', 'nosuch.json')).toMatchObject({ code: 2 })
})
