import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type CliProject, cliProject, start } from './run-cli.js'

const sleeping = `select pid from pg_stat_activity where datname = current_database() and query like '%pg_sleep(60)%'
  and state = 'active' and pid <> pg_backend_pid()`

async function untilItSleeps({ database }: CliProject): Promise<void> {
  while ((await database.query(sleeping)).length === 0) await sleep(50)
}

describe('a signal', () => {
  test.each([
    ['SIGINT', 130, 'GODWIT_INTERRUPTED'],
    ['SIGTERM', 143, 'GODWIT_TERMINATED'],
  ] as const)(
    '%s in a transaction cancels the statement on the server, undoes, and ends with %i',
    async (signal, code, error) => {
      const project = await cliProject()
      project.put({ 'migrations/2_b.sql': 'create table b ();\nselect pg_sleep(60);\ncreate table c ();' })
      const { child, ended } = project.start('up')
      await untilItSleeps(project)
      child.kill(signal)
      const outcome = await ended
      expect(outcome.code).toBe(code)
      expect(outcome.stderr).toContain(error)
      expect(outcome.stdout).toMatch(/✗ 2_b +undone, nothing of it is left/)
      expect(outcome.stderr).toContain('Applied and kept: 1_a. Pending: 2_b.')
      expect(await project.database.query(sleeping)).toEqual([])
      expect(
        await project.database.query(`select to_regclass('b') as b, (select count(*)::int from pg_locks
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())) as locks`),
      ).toEqual([{ b: null, locks: 0 }])
      expect((await project.json('status')).document).toMatchObject({ summary: { applied: 1, pending: 1, failed: 0 } })
    },
  )

  test('outside of a transaction says that a part is done', async () => {
    const project = await cliProject()
    project.put({
      'migrations/2_b.sql': '-- godwit: transaction=none\ncreate table b ();\nselect pg_sleep(60);\ncreate table c ();',
    })
    const { child, ended } = project.start('up', '--json')
    await untilItSleeps(project)
    child.kill('SIGINT')
    const { code, stdout } = await ended
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'GODWIT_INTERRUPTED', left: 'part' },
      remaining: [],
    })
    expect(await project.database.query(`select to_regclass('b')::text as b, to_regclass('c') as c`)).toEqual([
      { b: 'b', c: null },
    ])
    expect((await project.json('status')).document).toMatchObject({ summary: { failed: 1 } })
  })

  test('while it waits for the lock ends at once, with nothing done', async () => {
    const project = await cliProject()
    project.put({ 'migrations/1_a.sql': 'select pg_sleep(60)' })
    const first = project.start('up')
    await untilItSleeps(project)
    const second = project.start('up')
    second.child.stderr?.on('data', (piece: string) => {
      if (piece.includes('waiting for the lock')) second.child.kill('SIGINT')
    })
    const outcome = await second.ended
    expect(outcome).toMatchObject({ code: 130, stderr: expect.stringContaining('GODWIT_INTERRUPTED') })
    first.child.kill('SIGINT')
    expect((await first.ended).code).toBe(130)
  })

  test('kill -9 leaves nothing: the server ends the orphan, and the next run waits for it', async () => {
    const project = await cliProject()
    project.put({ 'migrations/2_b.sql': 'create table b ();\nselect pg_sleep(60);' })
    const { child, ended } = project.start('up')
    await untilItSleeps(project)
    child.kill('SIGKILL')
    await ended
    project.put({ 'migrations/2_b.sql': 'create table b ();' })
    expect((await project.json('up')).document).toMatchObject({
      steps: [{ name: '2_b', outcome: 'done' }],
      remaining: [],
    })
  })
})

describe('a pipe', () => {
  const cli = join(import.meta.dirname, '../../dist/cli.js')
  const shell = (folder: string, line: string) => spawnSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' })

  test('whose reader goes away is no failure', async () => {
    const many = Array.from({ length: 3_000 }, (_, i) => [
      `migrations/${10_000 + i}_some_longer_name_${i}.sql`,
      'select 1;',
    ])
    const { folder } = await cliProject(Object.fromEntries(many) as Record<string, string>)
    for (const command of ['status', 'status --json', 'plan', '--help']) {
      const { stdout, stderr } = shell(folder, `"${process.execPath}" "${cli}" ${command} | head -1`)
      expect(stdout.split('\n')).toHaveLength(2)
      expect(stderr).toBe('')
    }
    const usage = start(folder, {}, ['up', '--nope'])
    usage.child.stderr?.destroy()
    expect((await usage.ended).code).toBe(2)
  })

  test('whose reader goes away does not stop a run', async () => {
    const project = await cliProject()
    project.put({ 'migrations/1_a.sql': 'create table a (id int);\nselect pg_sleep(0.5);' })
    const { child, ended } = project.start('up')
    child.stdout?.destroy()
    expect((await ended).code).toBe(0)
    expect((await project.json('status')).document).toMatchObject({ summary: { applied: 2, pending: 0 } })
  })

  test('a large document is written to its end before the process ends', async () => {
    const many = Array.from({ length: 2_000 }, (_, i) => [
      `migrations/${10_000 + i}_some_longer_name_${i}.sql`,
      'select 1;',
    ])
    const { folder } = await cliProject(Object.fromEntries(many) as Record<string, string>)
    const slow = `"${process.execPath}" "${cli}" status --json | (sleep 1; cat)`
    const { stdout } = shell(folder, slow)
    expect((JSON.parse(stdout) as { migrations: unknown[] }).migrations).toHaveLength(2_000)
  })
})
