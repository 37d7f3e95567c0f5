import { describe, expect, test } from 'vitest'
import { cliProject } from './run-cli.js'

describe('a typo names the nearest right word, with exit code 2, and changes nothing', () => {
  test.each([
    ['a command', ['staus'], "There is no command 'staus'. Did you mean 'status'?"],
    ['an alias', ['migarte'], "Did you mean 'migrate'?"],
    ['a flag', ['up', '--allow-out-of-oder'], "Did you mean '--allow-out-of-order'?"],
    ['a flag of no command', ['--jsn', 'status'], "has no flag '--jsn'"],
    ['a direction', ['plan', 'dwon'], "'dwon' is not a direction"],
    ['a name in the place of the direction', ['plan', '2_b'], 'godwit plan up 2_b'],
    ['a migration', ['up', 'bb'], "There is no migration 'bb'. Did you mean '2_b'?"],
    ['a part of several names', ['up', '_'], "'_' is a part of 2 names: 1_a, 2_b."],
    ['too many arguments', ['up', 'a', 'b', 'c'], 'too many arguments'],
    ['a flag without its value', ['up', '--to'], "'--to <name>' argument missing"],
    ['a name that is needed', ['create'], 'godwit create needs a name.'],
    ['a resolution that is not said', ['resolve', '1_a'], '--applied or --rolled-back'],
    ['two resolutions', ['resolve', '1_a', '--applied', '--rolled-back'], '--applied or --rolled-back'],
    ['two choices', ['up', '--to', '2_b', '--step', '1'], '--to and --step cannot stand together'],
    ['three choices', ['down', '--to', '1_a', '--only', '2_b', '--all'], '--to and --only and --all cannot'],
    ['a name and another', ['up', '1_a', '--to', '2_b'], "'1_a' and --to cannot stand together"],
    ['a choice of a plan', ['plan', 'down', '2', '--only', '1_a'], "'2' and --only cannot stand together"],
    ['a number of steps', ['down', '--step', 'two'], 'is not a number of steps'],
    ['a negative number of steps', ['down', '--step', '-1'], "'-1' is not a number of steps"],
    ['half a step', ['up', '--step', '1.5'], "'1.5' is not a number of steps"],
    ['a duration', ['up', '--wait', 'soon'], "'soon' is not a duration (wait)"],
    ['a duration of another flag', ['up', '--lock-timeout', '5 parsecs'], '(lock timeout)'],
    ['a long duration', ['up', '--idle-in-transaction-session-timeout', 'x'], '(idle in transaction session timeout)'],
    ['a number of retries', ['up', '--lock-retries', '-1'], "'-1' is not a number of retries"],
    ['a config that is not there', ['up', '--config', 'nope.ts'], 'There is no config file nope.ts.'],
    ['a project where there is one', ['up', '--project', 'api'], "one project, and no 'api'"],
  ])('%s', async (_, args, said) => {
    const { run, database } = await cliProject()
    const { code, stdout, stderr } = await run(...args)
    expect(stderr).toContain(said)
    expect(stderr).toMatch(/^\nerror GODWIT_[A-Z_]+: /)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(code).toBe(2)
    expect(stdout.replace(/^shop · .*\n/, '')).toBe('')
    expect(await database.query(`select to_regclass('a') as a, to_regclass('godwit_migrations') as h`)).toEqual([
      { a: null, h: null },
    ])
  })

  test.each([
    ['{ "format": "sql", "migratons": "x" }', "unknown key 'migratons'. Did you mean 'migrations'?"],
    ['{ "format": "sqll" }', "'format' is \"sqll\": did you mean 'sql'?"],
    ['{ "format": "sql", "migrations": 7 }', "'migrations' must be a string"],
    ['{ "format": "sql", ', 'godwit.config.json'],
    ['[]', 'it must export an object'],
    ['{ "projects": {} }', "'projects' must be an object of projects by name"],
    ['{ "projects": { "api": { "fromat": "sql" } } }', "Did you mean 'format'?"],
    ['{ "projects": { "api": { "format": "sql" }, "web": { "format": "sql" } } }', 'Say which: --project api'],
    ['{ "format": "sql", "wait": "soon" }', "'soon' is not a duration"],
  ])('the config %s', async (config, said) => {
    const { run, put } = await cliProject()
    put({ 'godwit.config.json': config })
    const { code, stderr } = await run('status')
    expect(stderr).toContain(said)
    expect(code).toBe(2)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  test('a project of several', async () => {
    const { run, put } = await cliProject()
    put({ 'godwit.config.json': '{ "projects": { "billing": { "format": "sql" }, "web": { "format": "sql" } } }' })
    expect(await run('status', '--project', 'biling')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("There is no project 'biling'. Did you mean 'billing'?"),
    })
  })
})

describe('flags', () => {
  test('-n is a name wherever one is; a part of it is enough; a number is a number of steps', async () => {
    const { json } = await cliProject()
    expect((await json('up', '-n', '1_a')).document).toMatchObject({ steps: [{ name: '1_a' }], remaining: ['2_b'] })
    expect((await json('up', '--only', 'b')).document).toMatchObject({ steps: [{ name: '2_b' }] })
    expect((await json('down', '2')).document).toMatchObject({ steps: [{ name: '2_b' }, { name: '1_a' }] })
    expect((await json('up', '1')).document).toMatchObject({ steps: [{ name: '1_a' }] })
    expect((await json('up')).document).toMatchObject({ steps: [{ name: '2_b' }] })
    expect((await json('down', '--to', '1_a')).document).toMatchObject({ steps: [{ name: '2_b' }] })
    expect((await json('down', '--all')).document).toMatchObject({ steps: [{ name: '1_a' }] })
    expect((await json('resolve', '-n', '1_a', '--applied')).document).toEqual({ name: '1_a', as: 'applied' })
    expect((await json('create', '-n', 'more')).document).toMatchObject({ name: '3_more' })
  })

  test('--wait 0 ends with 6 while another runs, and says who', async () => {
    const { run, start, put } = await cliProject()
    put({ 'migrations/1_a.sql': 'create table a (id int); select pg_sleep(3)' })
    const first = start('up')
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const second = await run('up', '--wait', '0')
    expect(second).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/GODWIT_LOCKED: Another runner holds the lock: \S+@\S+ \(pid \d+, up\)/),
    })
    expect((await first.ended).code).toBe(0)
  })

  test('--lock-timeout and --statement-timeout are of PostgreSQL, for the migrations: exit code 7', async () => {
    const { run, put, database } = await cliProject()
    put({ 'migrations/1_a.sql': 'create table a (id int); select pg_sleep(30)' })
    const { code, stderr } = await run('up', '--statement-timeout', '300ms')
    expect(code).toBe(7)
    expect(stderr).toContain('canceling statement due to statement timeout')
    const settings = `select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement,
      current_setting('idle_in_transaction_session_timeout') as idle`
    put({ 'migrations/1_a.sql': `create table a as ${settings}`, 'migrations/2_b.sql': 'select 1' })
    const idle = ['--idle-in-transaction-session-timeout', '9h']
    expect((await run('up', '--lock-timeout', '2m', '--statement-timeout', '90', ...idle)).code).toBe(0)
    expect(await database.query('select * from a')).toEqual([{ lock: '2min', statement: '90s', idle: '9h' }])
  })

  test('refusals end with 5 and name the command that settles them', async () => {
    const { run, put } = await cliProject()
    await run('up')
    put({ 'migrations/1_a.sql': 'create table a (id bigint)' })
    const edited = await run('up')
    expect(edited).toMatchObject({ code: 5, stderr: expect.stringContaining('godwit resolve 1_a --applied') })
    await run('resolve', '1_a', '--applied')
    put({ 'migrations/1_aa.sql': 'select 1' })
    expect(await run('up')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('godwit up --allow-out-of-order'),
    })
    expect((await run('up', '--no-check-order')).code).toBe(0)
    expect(await run('reset')).toMatchObject({ code: 5, stderr: expect.stringContaining('godwit reset --yes') })
    await run('protect')
    expect(await run('reset', '--yes')).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/godwit reset --confirm test_/),
    })
    expect(await run('down')).toMatchObject({ code: 5, stderr: expect.stringMatching(/godwit down --confirm test_/) })
  })
})
