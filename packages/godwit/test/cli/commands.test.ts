import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cliProject, start } from './run-cli.js'

describe('--json puts one document on stdout and nothing else', () => {
  test('status, plan, up, down, redo, reset', async () => {
    const { json, database, put } = await cliProject()
    const status = await json('status')
    expect(status).toMatchObject({ code: 0, stderr: '' })
    expect(Object.keys(status.document)).toEqual([
      'project',
      'format',
      'database',
      'server',
      'production',
      'migrations',
      'summary',
    ])
    expect(status.document).toMatchObject({
      project: 'shop',
      format: 'sql',
      database: expect.stringMatching(new RegExp(`^postgres://127.0.0.1:\\d+/${database.name}$`)),
      server: expect.stringMatching(/^PostgreSQL 18/),
      production: false,
      migrations: [
        { name: '1_a', state: 'pending', appliedAt: null, file: 'migrations/1_a.sql', by: null, durationMs: null },
        { name: '2_b', state: 'pending' },
      ],
      summary: { applied: 0, pending: 2, 'out-of-order': 0, edited: 0, missing: 0, failed: 0 },
    })
    const plan = await json('plan', 'up', '--step', '1')
    expect(plan.document).toEqual({
      direction: 'up',
      steps: [
        {
          name: '1_a',
          direction: 'up',
          transaction: 'one',
          known: 'sql',
          statements: [
            {
              sql: 'create table a (id int)',
              file: 'migrations/1_a.sql',
              line: 1,
              foreseen: true,
              locks: [],
              blocks: 'nothing',
              work: [],
              takes: { about: 0, atLeast: 0, atMost: 0 },
            },
          ],
          more: 0,
          destroys: [],
          down: 'written',
        },
      ],
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      findings: [],
      notes: [],
    })
    const done = (name: string, direction: string, statements: number) => {
      return { name, direction, outcome: 'done', statements, durationMs: expect.any(Number) }
    }
    expect((await json('up')).document).toEqual({
      direction: 'up',
      steps: [done('1_a', 'up', 1), done('2_b', 'up', 2)],
      remaining: [],
    })
    expect((await json('redo')).document).toEqual({
      direction: 'up',
      steps: [done('2_b', 'down', 1), done('2_b', 'up', 2)],
      remaining: [],
    })
    expect((await json('down')).document).toEqual({
      direction: 'down',
      steps: [done('2_b', 'down', 1)],
      remaining: ['2_b'],
    })
    expect((await json('reset', '--yes')).document).toEqual({
      direction: 'up',
      steps: [done('1_a', 'down', 1), done('1_a', 'up', 1), done('2_b', 'up', 2)],
      remaining: [],
    })
    expect((await json('reset', '--dry-run')).document).toEqual({ goes: ['what 2_b made', 'what 1_a made'] })
    put({ 'migrations/3_c.sql': 'select 1;\nselect nope;' })
    const failed = await json('up')
    expect(failed.code).toBe(7)
    expect(failed.document).toEqual({
      direction: 'up',
      steps: [{ name: '3_c', direction: 'up', outcome: 'failed', statements: 0, durationMs: expect.any(Number) }],
      remaining: ['3_c'],
      error: {
        code: 'GODWIT_STATEMENT_FAILED',
        message: 'column "nope" does not exist',
        hint: expect.any(String),
        file: expect.stringContaining('migrations/3_c.sql'),
        line: 2,
        column: 8,
        statement: 'select nope',
        server: { code: '42703', message: 'column "nope" does not exist' },
        left: 'nothing',
        state: [expect.any(String)],
      },
    })
  })

  test('create, resolve, protect', async () => {
    const { json, folder } = await cliProject()
    const { document } = await json('create', 'add users')
    expect(document).toEqual({
      name: expect.stringMatching(/^3_add_users$/),
      files: ['migrations/3_add_users.sql', 'migrations/3_add_users.down.sql'],
    })
    expect(existsSync(join(folder, 'migrations/3_add_users.sql'))).toBe(true)
    expect((await json('resolve', '1_a', '--applied')).document).toEqual({ name: '1_a', as: 'applied' })
    const database = expect.stringMatching(/^test_/)
    expect((await json('protect')).document).toEqual({ database, production: true })
    expect(await json('protect', '--off')).toMatchObject({
      code: 5,
      document: { error: { code: 'GODWIT_CONFIRM_PRODUCTION' } },
    })
  })

  test.each([
    ['up'],
    ['down'],
    ['redo'],
    ['reset'],
    ['resolve', '1_a', '--applied'],
    ['protect'],
    ['create', 'x'],
    ['plan'],
  ])('%s --dry-run says what would be done and does nothing', async (...args) => {
    const { json, database, folder } = await cliProject()
    if (args[0] !== 'up' && args[0] !== 'resolve') await json('up')
    const before = await database.query(`select relname from pg_class where relnamespace <> 11 order by 1`)
    const { code, document } = await json(...args, '--dry-run')
    expect(code).toBe(0)
    expect(document).toEqual(expect.any(Object))
    expect(await database.query(`select relname from pg_class where relnamespace <> 11 order by 1`)).toEqual(before)
    expect(existsSync(join(folder, 'migrations/3_x.sql'))).toBe(false)
    expect((await json('status')).document).toMatchObject({ production: false })
  })

  test('an error before anything was run is a document too', async () => {
    const { json, run, put } = await cliProject()
    expect(await json('up', '--too', '1_a')).toMatchObject({
      code: 2,
      document: { error: { code: 'GODWIT_UNKNOWN_FLAG', message: expect.any(String), hint: expect.any(String) } },
    })
    put({ 'migrations/2_b.sql': '' })
    expect(await json('up')).toMatchObject({ code: 2, document: { error: { code: 'GODWIT_EMPTY_MIGRATION' } } })
    expect(await run('up', '--quiet')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('2_b holds no'),
    })
  })
})

describe('what people read', () => {
  test('a life of a project, piped: tables, results and the way on, without any escape code', async () => {
    const { run, put } = await cliProject()
    const out = async (...args: string[]) => {
      const { stdout, stderr, code } = await run(...args)
      expect(stdout + stderr).not.toContain('\u001b')
      expect(code).toBe(0)
      return stdout
    }
    expect(await out('status')).toMatch(
      /^shop · sql · postgres:\/\/127.*\n\n {2}1_a +pending\n {2}2_b +pending\n\n2 migrations: 2 pending\nNext: godwit plan/,
    )
    expect(await out('plan')).toMatch(
      /1 +1_a +one transaction, can be undone\n {3}create table a \(id int\) +nobody waits\n/,
    )
    const up = await out('up')
    expect(up).toMatch(
      / {2}✓ 1_a +1 statement +\d+ ms\n {2}✓ 2_b +2 statements +\d+ ms\n2 migrations applied in [\d.]+ m?s\. Undo the last one: godwit down\n$/,
    )
    expect(await out('up')).toMatch(/Nothing to do: every migration is applied\.\n$/)
    expect(await out('down')).toMatch(/✓ 2_b .*\n1 migration undone in [\d.]+ m?s\. Apply again: godwit up\n$/)
    expect(await out('status')).toMatch(/1_a +applied +just now +by \S+@\S+, \d+ ms\n/)
    put({ 'migrations/1_a.sql': 'create table a (id bigint);' })
    expect(await out('status')).toMatch(/Next: godwit resolve 1_a --applied {2}?.*accept the edit as it is/)
  })

  test('nothing to do is not said to be everything when something is still pending', async () => {
    const { run } = await cliProject()
    await run('up', '1_a')
    const { stdout, code } = await run('up', '1_a')
    expect(code).toBe(0)
    expect(stdout).toContain('Nothing to do')
    expect(stdout).not.toContain('every migration is applied')
    expect(stdout).toContain('2_b')
  })

  test('a failure: where, the line with a caret, what the server says, what is left, the way out last', async () => {
    const { run, put } = await cliProject()
    put({ 'migrations/2_b.sql': '-- later\nupdate a set id = nme;\n' })
    const { code, stdout, stderr } = await run('up')
    expect(code).toBe(7)
    expect(stdout).toMatch(/✓ 1_a .*\n {2}✗ 2_b +undone, nothing of it is left\n$/)
    expect(stderr).toBe(`
error GODWIT_STATEMENT_FAILED: column "nme" does not exist
  migrations/2_b.sql:2:19
    1 │ -- later
    2 │ update a set id = nme;
      │                   ^
  PostgreSQL says: 42703

2_b was undone, nothing of it is left.
Mend the file, then: godwit up
Applied and kept: 1_a. Pending: 2_b.
`)
  })

  test('status --check ends with 3 while something is not applied', async () => {
    const { run } = await cliProject()
    expect((await run('status', '--check')).code).toBe(3)
    await run('up')
    expect((await run('status', '--check')).code).toBe(0)
  })

  test.each([
    ['list', 'status'],
    ['show', 'status'],
    ['migrate', 'up'],
    ['run', 'up'],
    ['deploy', 'up'],
    ['revert', 'down'],
    ['rollback', 'down'],
  ])('%s is %s', async (alias, verb) => {
    const { json, run } = await cliProject()
    if (verb === 'down') await run('up')
    expect(Object.keys((await json(alias)).document)[0]).toBe(verb === 'status' ? 'project' : 'direction')
    expect((await run(alias, '--help')).stdout).toContain(`Usage: godwit ${verb}`)
  })

  test('in an empty folder: what was looked for and the one command that starts', async () => {
    const { folder } = await cliProject()
    const empty = mkdtempSync(join(tmpdir(), 'godwit-nothing-'))
    onTestFinished(() => rmSync(empty, { recursive: true }))
    const outcome = await start(empty, {}, []).ended
    expect(outcome).toMatchObject({ code: 2, stdout: expect.stringContaining('Start one: npx godwit init') })
    expect(await start(folder, {}, []).ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Usage: godwit'),
    })
  })

  test('--help of every command shows a real example, --version the version', async () => {
    const { run } = await cliProject()
    const help = (await run('--help')).stdout
    for (const verb of [
      'init',
      'status',
      'plan',
      'up',
      'down',
      'redo',
      'reset',
      'create',
      'resolve',
      'db',
      'protect',
    ]) {
      expect(help).toMatch(new RegExp(`^ {2}${verb}\\b`, 'm'))
      expect((await run(verb, '--help')).stdout).toMatch(new RegExp(`Example:\n {2}npx godwit ${verb}`))
    }
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
