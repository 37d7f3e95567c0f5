import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { cliProject, twoMigrations } from './run-cli.js'

const LEASE = `update godwit.lease set fence = fence + 1, owner = 'deploy@web-2/311', command = 'up', pooled = true,
  acquired_at = clock_timestamp() - interval '40 s', at = '2_b'`

test('unlock says who holds the lock, and takes it only from one that is not heard of, or by name', async () => {
  const { run, json, database } = await cliProject()
  expect(await run('unlock')).toMatchObject({ code: 0, stdout: expect.stringContaining('Nobody holds the lock.') })
  await run('up', '--step', '1')
  await database.query(`${LEASE}, expires_at = clock_timestamp() + interval '1 h'`)

  const shown = await run('unlock', '--dry-run')
  expect(shown.stdout).toContain('Held by deploy@web-2 (up), for 40.0 s, at 2_b, through a pooler.')
  const refused = await run('unlock')
  expect(refused).toMatchObject({ code: 6, stderr: expect.stringContaining('GODWIT_LOCK_IN_USE') })
  expect(refused.stderr).toContain('godwit unlock --force deploy@web-2')
  expect(await run('unlock', '--force', 'deploy@web-3')).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('held by deploy@web-2, not by deploy@web-3'),
  })
  expect(await run('up', '--wait', '0')).toMatchObject({ code: 6, stderr: expect.stringContaining('deploy@web-2') })
  expect(await json('unlock', '--force', 'deploy@web-2')).toMatchObject({
    code: 0,
    document: { holder: { owner: 'deploy@web-2', at: '2_b' }, released: true },
  })
  expect(await run('up', '--wait', '0')).toMatchObject({ code: 0 })

  await database.query(`${LEASE}, expires_at = clock_timestamp() - interval '1 s'`)
  const taken = await run('unlock')
  expect(taken).toMatchObject({ code: 0, stdout: expect.stringContaining('Taken from deploy@web-2 (up)') })
  expect(taken.stdout).toContain('not heard of any more')
})

test('unlock --force ends the session of a runner at work, which commits nothing more', async () => {
  const { run, start, database } = await cliProject({
    ...twoMigrations,
    'migrations/3_slow.sql': 'create table slow ();\nselect pg_sleep(60);',
  })
  const runner = start('up')
  const [owner] = await poll(async () => {
    const rows = await database.query<{ owner: string }>(`select l.owner from godwit.lease l
      join pg_stat_activity a on a.pid = l.backend where a.query like '%pg_sleep(60)%' and a.state = 'active'`)
    return rows.map((row) => row.owner)
  })
  const taken = await run('unlock', '--force', String(owner))
  expect(taken).toMatchObject({ code: 0, stdout: expect.stringContaining('Taken from') })
  const { code, stderr } = await runner.ended
  expect(stderr).toContain('GODWIT_CONNECTION_LOST')
  expect(code).toBe(8)
  expect((await run('status')).stdout).toMatch(/slow +pending/)
})

test('a session that holds the lock and says nothing of itself is named by its backend', async () => {
  const { run, database } = await cliProject()
  const holder = new pg.Client({ connectionString: database.url })
  holder.on('error', () => {})
  await holder.connect()
  onTestFinished(() => holder.end().catch(() => {}))
  const { rows } = await holder.query('select pg_advisory_lock(113728124578164), pg_backend_pid() as pid')
  const owner = `backend ${rows[0].pid}`
  expect(await run('unlock')).toMatchObject({ code: 6, stderr: expect.stringContaining(owner) })
  expect(await run('unlock', '--force', owner)).toMatchObject({ code: 0 })
  expect(await run('up', '--wait', '0')).toMatchObject({ code: 0 })
})

async function poll<T>(ask: () => Promise<T[]>): Promise<T[]> {
  for (;;) {
    const found = await ask().catch(() => [])
    if (found.length > 0) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
