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

test('rows that break a statement keep an up from beginning, and --no-preflight goes on without looking', async () => {
  const { run, json, put, database } = await cliProject()
  await run('up')
  await database.query('insert into a values (1, 2), (7, 7), (7, 8)')
  put({
    'migrations/3_c.sql': 'create table made (id int);',
    'migrations/4_d.sql': 'alter table a add column c int;\ncreate unique index by_id on a (id);',
  })
  const refused = await run('up')
  expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('1 of 3 statements would fail') })
  expect(refused.stderr).toContain(
    'migrations/4_d.sql:2\n    create unique index by_id on a (id)\n  2 values of "id" are used by 4 rows of a\n',
  )
  expect(refused.stderr).toContain('All of them: SELECT "id", array_agg(ctid) FROM ONLY "public"."a"')
  // The first of the run did not begin either.
  expect(await database.query(`select to_regclass('made') as made`)).toEqual([{ made: null }])
  const { document } = await json('up')
  expect(document.error).toMatchObject({ code: 'GODWIT_PREFLIGHT', findings: [{ code: 'duplicate-keys', rows: 4 }] })
  expect(JSON.stringify(document)).not.toContain('"value"')
  const blind = await run('up', '--no-preflight')
  expect(blind).toMatchObject({ code: 7, stderr: expect.stringContaining('could not create unique index') })
})

test('a stop ends the questions, and nothing was run', async () => {
  const { start, put, run, database } = await cliProject()
  await run('up')
  await database.query(
    `create function slow(int) returns int language plpgsql immutable as 'begin perform pg_sleep(60); return 1; end'`,
  )
  put({ 'migrations/3_c.sql': 'alter table a add constraint c check (slow(id) = 1);' })
  const { child, ended } = start('up', '--preflight=full')
  const asking = () =>
    database.query(`select 1 from pg_stat_activity where query like '%NOT (slow%' and pid <> pg_backend_pid()`)
  await expect.poll(async () => (await asking()).length, { timeout: 20_000 }).toBe(1)
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ code: 130 })
  expect(await asking()).toEqual([])
  expect((await run('status')).stdout).toMatch(/3_c +pending|3 +c +pending/)
})
