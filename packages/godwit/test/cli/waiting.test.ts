import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { blockingSession } from '../contract/databases/waiting/blocking-session.js'
import { type CliProject, cliProject, type Running } from './run-cli.js'

describe('a table that somebody else holds', () => {
  test('is said once, each retry is a line, and the run goes on when it is free', async () => {
    const project = await cliProject()
    expect((await project.run('up', '--to', '1_a')).code).toBe(0)
    const blocker = await blockingSession(project.database, 'lock table a')
    const running = project.start('up', '--lock-timeout', '300ms')
    await untilSaid(running, '(2 of 10)')
    await blocker.end()
    const { code, stdout, stderr } = await running.ended
    expect(code).toBe(0)
    expect(stdout).toMatch(/✓ 2_b +2 statements/)
    const held = `  … 2_b waits for a lock: held by pid ${blocker.pid} (reports, postgres, idle in transaction for `
    expect(stderr.split('\n').filter((line) => line.startsWith(held))).toHaveLength(1)
    expect(stderr).toMatch(/^ {2}… 2_b: lock timeout, nothing changed; again in [\d.]+ m?s \(1 of 10\)$/m)
  })

  test('for ever: exit code 7, nothing changed, and how to end it', async () => {
    const project = await cliProject()
    expect((await project.run('up', '--to', '1_a')).code).toBe(0)
    const { pid } = await blockingSession(project.database, 'lock table a')
    const { code, stdout, stderr } = await project.run('up', '--lock-timeout', '300ms', '--lock-retries', '0')
    expect(code).toBe(7)
    expect(stdout).toMatch(/✗ 2_b +undone, nothing of it is left/)
    expect(stderr).toContain(`Blocked by pid ${pid} (reports, postgres, idle in transaction for `)
    expect(stderr).toContain(`Let it finish, or end it: SELECT pg_terminate_backend(${pid}); then: godwit up`)
    expect(stderr).not.toContain('again in')
    const quiet = await project.json('up', '--lock-timeout', '300ms', '--lock-retries', '1')
    expect(quiet).toMatchObject({ code: 7, stderr: '', document: { remaining: ['2_b'], error: { left: 'nothing' } } })
  })
})

describe('a signal while a function is at work', () => {
  test('it may end by itself, and the run stops behind it', async () => {
    const project = await builderProject(`await pgm.db.query('select pg_sleep(1.5)'); pgm.createTable('made', {})`)
    const running = project.start('up')
    await untilItSleeps(project)
    running.child.kill('SIGTERM')
    const { code, stdout, stderr } = await running.ended
    expect(code).toBe(143)
    expect(stdout).toMatch(/✓ 1_a/)
    expect(stderr).toContain('… stopping: 1_a may end by itself within 20.0 s; a second Ctrl-C stops at once')
    expect(stderr).toContain('1_a ended by itself and is recorded.')
    expect(stderr).toContain('Applied and kept: 1_a. Pending: 2_b.')
    expect(stderr).toMatch(/go on with: godwit up$/m)
  })

  test('it is not waited for longer than its grace, whatever it waits for', async () => {
    const project = await builderProject(`await pgm.db.query("select 1 as \\"pg_sleep\\""); setInterval(() => {}, 1_000)
      await new Promise(() => {})`)
    const running = project.start('up', '--grace', '200ms')
    await untilItSleeps(project)
    running.child.kill('SIGINT')
    const { code, stderr } = await running.ended
    expect(code).toBe(130)
    expect(stderr).toContain('1_a was undone, nothing of it is left.')
    expect(stderr).toContain('Pending: 1_a, 2_b.')
  })

  test('a second one ends it at once, and the server undoes it', async () => {
    const project = await builderProject(
      `await pgm.db.query('create table made ()'); await pgm.db.query('select pg_sleep(60)')`,
    )
    const running = project.start('up')
    await untilItSleeps(project)
    running.child.kill('SIGINT')
    await untilSaid(running, 'stopping')
    running.child.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
    while ((await project.database.query(sleeping)).length > 0) await sleep(50)
    expect(await project.database.query(`select to_regclass('made') as made`)).toEqual([{ made: null }])
    expect((await project.json('status')).document).toMatchObject({ summary: { pending: 2, failed: 0 } })
  })
})

const sleeping = `select from pg_stat_activity where datname = current_database() and query like '%pg_sleep%' and pid <> pg_backend_pid()`

/** Two migrations of node-pg-migrate, the first with this body. */
async function builderProject(body: string): Promise<CliProject> {
  const project = await cliProject({
    'migrations/1_a.js': `exports.up = async (pgm) => { ${body} }`,
    'migrations/2_b.js': `exports.up = (pgm) => { pgm.createTable('behind', {}) }`,
  })
  const config = { format: 'node-pg-migrate', migrations: 'migrations', database: project.database.url }
  project.put({ 'godwit.config.json': JSON.stringify(config) })
  return project
}

async function untilItSleeps({ database }: CliProject): Promise<void> {
  while ((await database.query(sleeping)).length === 0) await sleep(20)
}

function untilSaid({ child }: Running, text: string): Promise<void> {
  return new Promise((resolve) => {
    let said = ''
    child.stderr?.on('data', (piece: string) => {
      said += piece
      if (said.includes(text)) resolve()
    })
  })
}
