import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { cliProject } from '../../../cli/run-cli.js'

const library = join(import.meta.dirname, '../../../../dist/index.js')

function manyRows(rows: number, pauses: number): string {
  return `import { defineSeed } from '${library}'
export default defineSeed({ table: 'users', key: ['id'], rows: async function* () {
  for (let id = 1; id <= ${rows}; id++) {
    if (id % ${Math.ceil(rows / pauses)} === 0) await new Promise((resolve) => setTimeout(resolve, 100))
    yield { id, email: 'user' + id + '@example.com' }
  }
} })
`
}

const tables = {
  'migrations/1_users.sql':
    'create table users (id int primary key, email text not null unique, made int default 1);\n',
}
const content = `select count(*)::int as n, md5(string_agg(id || email || made, ',' order by id)) as hash from users`

test('killed in the middle of a big seed, the next run gives the same rows', { timeout: 240_000 }, async () => {
  const rows = 200_000
  const whole = await cliProject({ ...tables, 'seeds/users.mjs': manyRows(rows, 1) })
  await whole.run('up')
  expect((await whole.run('seed')).code).toBe(0)
  const killed = await cliProject({ ...tables, 'seeds/users.mjs': manyRows(rows, 100) })
  await killed.run('up')
  for (const first of [true, false]) {
    // The second time something is there already: it goes by the way of a merge.
    if (!first) await killed.database.query('delete from users where id > 1000')
    const running = killed.start('seed')
    const busy = `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query ilike 'copy %'`
    while ((await killed.database.query(busy)).length === 0) await sleep(20)
    await sleep(500)
    running.child.kill('SIGKILL')
    expect((await running.ended).code).toBeNull()
    const left = 'select count(*)::int as n from users'
    expect(await killed.database.query(left)).toEqual([{ n: first ? 0 : 1000 }])
    const again = await killed.run('seed')
    expect(again).toMatchObject({ code: 0 })
    expect(await killed.database.query(content)).toEqual(await whole.database.query(content))
  }
})

test('two seeders at once: each row once, and both are content', { timeout: 120_000 }, async () => {
  const { run, start, database } = await cliProject({ ...tables, 'seeds/users.mjs': manyRows(20_000, 10) })
  await run('up')
  const both = await Promise.all([start('seed').ended, start('seed').ended])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(both.map(({ stdout }) => /(\d+) (inserted|unchanged)/.exec(stdout)?.slice(1)).sort()).toEqual([
    ['20000', 'inserted'],
    ['20000', 'unchanged'],
  ])
  expect(await database.query('select count(*)::int as n from users')).toEqual([{ n: 20_000 }])
  expect(await database.query('select outcome, inserted::int from godwit.seed')).toEqual([
    { outcome: 'done', inserted: 20_000 },
  ])
  expect(await database.query('select sum(rows)::int as n from godwit.seed_row')).toEqual([{ n: 20_000 }])
})

test('half a million rows made in TypeScript take no more than 100 MB', { timeout: 120_000 }, async () => {
  const seed = `import { readFileSync } from 'node:fs'
import { defineSeed } from 'godwit'
process.on('exit', () => console.error(/VmHWM: *(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8').replace(/\\t/g, ' '))?.[0]))
export default defineSeed({ table: 'users', key: ['id'], rows: function* () {
  for (let id = 1; id <= 500_000; id++) yield { id, email: \`user\${id}@example.com\` }
} })
`
  const { run, json } = await cliProject({ ...tables, 'seeds/users.ts': seed })
  await run('up')
  // It is compiled once, and only for that the compiler is loaded.
  await run('seed', '--list')
  const { stderr, document } = await json('seed')
  expect(document).toMatchObject({ seeds: [{ inserted: 500_000 }] })
  const peak = Number(/VmHWM: *(\d+)/.exec(stderr)?.[1]) / 1024
  expect(peak).toBeGreaterThan(40)
  expect(peak).toBeLessThan(100)
})

test('rows without end in memory: it stays flat', { timeout: 240_000 }, async () => {
  const { run, database, put, json } = await cliProject(tables)
  await run('up')
  const measured = (rows: number) => `${manyRows(rows, 1)}
process.on('exit', () => console.error('peak ' + process.resourceUsage().maxRSS))`
  const peaks: number[] = []
  for (const rows of [2_000_000, 6_000_000]) {
    await database.query('truncate users')
    put({ 'seeds/users.mjs': measured(rows) })
    const { stderr, document } = await json('seed')
    expect(document).toMatchObject({ seeds: [{ inserted: rows }] })
    peaks.push(Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024)
  }
  // By then the collector of garbage has taken what it takes, however many there are.
  const [few, many] = peaks as [number, number]
  expect(many - few).toBeLessThan(25)
})
