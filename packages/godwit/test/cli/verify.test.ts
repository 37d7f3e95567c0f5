import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { cliProject, twoMigrations } from './run-cli.js'

const shadow = ['--shadow', inject('servers').pg18]

const broken = {
  ...twoMigrations,
  'migrations/2_b.down.sql': 'delete from a where b = 2; alter table a drop b;\n',
  'migrations/3_c.sql': 'alter table a drop b;\n',
  'migrations/3_c.down.sql': 'alter table a add b int;\n',
  'migrations/4_d.sql': 'create index i on a (id);\n',
  'migrations/4_d.down.sql': 'drop index j;\n',
}

test('verify says which come back and why others do not, and ends with 3', async () => {
  const { run, json, database } = await cliProject(broken)
  const first = await run('verify', '--all', ...shadow)
  expect(first).toMatchObject({ code: 3 })
  const lines = first.stdout.split('\n')
  expect(lines.slice(0, 6)).toEqual([
    '  ✓ 1_a   reversible',
    '  ✓ 2_b   reversible',
    '  ! 3_c   lossy',
    '      data that was there is not there again:',
    '        public.a.b: 4 of 4 values are gone',
    '  ✗ 4_d   irreversible',
  ])
  expect(first.stdout).toContain('its down fails: index "j" does not exist   migrations/4_d.down.sql:1')
  expect(first.stdout).toMatch(
    /4 migrations: 2 reversible, 1 lossy, 1 irreversible; tried on scratch database on \S+ \(PostgreSQL 18/,
  )
  // The second time everything is known, and the database was never written to.
  const again = await json('verify', '--all', ...shadow)
  expect(again).toMatchObject({ code: 3, document: { shadow: null, summary: { findings: 1 } } })
  expect(await database.query("select from information_schema.tables where table_schema = 'public'")).toEqual([])
  expect(await run('verify', '3_c', ...shadow)).toMatchObject({ code: 0 })
  expect(await run('verify', '3_c', '--strict', ...shadow)).toMatchObject({ code: 3 })
  expect(await run('verify', 'nothing')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('GODWIT_UNKNOWN_MIGRATION'),
  })
})

test('what migrations print is not printed, one that cannot be applied is told behind the others', async () => {
  const { run, put } = await cliProject({
    'godwit.config.json': JSON.stringify({ format: 'node-pg-migrate', migrations: 'migrations' }),
    'migrations/1_a.js': "exports.up = (pgm) => { console.log('going up'); pgm.createTable('a', { id: 'id' }) }",
  })
  const quiet = await run('verify', '--all', ...shadow)
  expect(quiet).toMatchObject({ code: 0 })
  expect(quiet.stdout + quiet.stderr).not.toContain('going up')
  put({ 'migrations/2_b.js': "exports.up = (pgm) => { pgm.dropTable('b') }; exports.down = () => {}" })
  const failed = await run('verify', '--all', ...shadow)
  expect(failed.code).toBe(7)
  expect(failed.stdout).toMatch(/✓ 1_a +reversible +known/)
  expect(failed.stderr).toContain('GODWIT_VERIFY_UP')
})

test('Ctrl-C ends it, and leaves no database', async () => {
  const { start } = await cliProject({
    'migrations/1_a.sql': 'create table a (id int);',
    'migrations/1_a.down.sql': 'select pg_sleep(4444);',
  })
  const client = new pg.Client({ connectionString: inject('servers').pg18 })
  await client.connect()
  onTestFinished(() => client.end())
  const running = start('verify', '--all', ...shadow)
  let name: string | undefined
  while (name === undefined) {
    const { rows } = await client.query(
      "select datname from pg_stat_activity where state = 'active' and query like '%pg_sleep(4444)%' and datname like 'godwit_shadow_%'",
    )
    name = rows[0]?.datname
  }
  running.child.kill('SIGINT')
  expect(await running.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('GODWIT_INTERRUPTED') })
  expect((await client.query('select from pg_database where datname = $1', [name])).rowCount).toBe(0)
})
