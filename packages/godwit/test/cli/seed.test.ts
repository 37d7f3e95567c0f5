import { expect, test } from 'vitest'
import { type CliProject, cliProject } from './run-cli.js'

const tables = `create table roles (id serial primary key, name text not null unique);
create table users (id bigint generated always as identity primary key, email text not null unique, age int,
  role_id int not null references roles);
`
const roles = `import { defineSeed } from 'godwit'
export default defineSeed({ table: 'roles', key: ['name'], rows: [{ name: 'admin' }, { name: 'user' }] })
`
const users = `import { defineSeed, ref } from 'godwit'
export default defineSeed({
  table: 'users', key: ['email'],
  rows: [
    { email: 'ada@example.com', age: 36, role_id: ref('roles', { name: 'admin' }) },
    { email: 'ben@example.com', role_id: ref('roles', { name: 'user' }) },
  ],
})
`

async function seeded(files: Record<string, string> = {}): Promise<CliProject> {
  const project = await cliProject({
    'migrations/1_tables.sql': tables,
    'migrations/1_tables.down.sql': 'drop table users, roles;',
    'seeds/users.ts': users,
    'seeds/2_roles.ts': roles,
    ...files,
  })
  const config = { format: 'sql', migrations: 'migrations', database: project.database.url, seeds: 'seeds' }
  project.put({ 'godwit.config.json': JSON.stringify(config) })
  await project.run('up')
  return project
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
}

test('a first run inserts, in the order of foreign keys; a second writes nothing; an edit is kept', async () => {
  const { run, database } = await seeded()
  expect(lines((await run('seed')).stdout)).toEqual(['  ✓ roles   2 inserted', '  ✓ users   2 inserted'])
  const before = await database.query('select xmin, email, age, role_id from users order by email')
  expect(before).toMatchObject([
    { email: 'ada@example.com', age: 36, role_id: 1 },
    { email: 'ben@example.com', age: null, role_id: 2 },
  ])
  expect(lines((await run('seed')).stdout)).toEqual(['  ✓ roles   2 unchanged', '  ✓ users   2 unchanged'])
  expect(await database.query('select xmin, email, age, role_id from users order by email')).toEqual(before)
  await database.query("update users set age = 37 where email = 'ada@example.com'")
  expect(lines((await run('seed', 'users')).stdout)).toEqual(['  ✓ users   1 unchanged, 1 edited since and kept'])
})

test('seeds for another environment are passed over, and refused by name', async () => {
  const { run, runWith, database } = await seeded({
    'seeds/users.ts': users.replace("key: ['email'],", "key: ['email'], env: ['development', 'test'],"),
  })
  const staging = await run('seed', '--env', 'staging')
  expect(lines(staging.stdout)).toEqual(['  ✓ roles   2 inserted', '  - users   not for staging'])
  const production = await runWith({ NODE_ENV: 'production' }, 'seed', '--only', 'users')
  expect(production.code).toBe(5)
  expect(production.stderr).toContain(
    "GODWIT_SEED_ENVIRONMENT: The seed 'users' is for development, test and not for production",
  )
  await run('protect')
  expect((await run('seed', '--env', 'development', '--only', 'users')).code).toBe(5)
  expect(await database.query('select from users')).toEqual([])
})

test('a wrong row is named, and nothing of its seed is written', async () => {
  const { run, json, database } = await seeded({ 'seeds/users.ts': users.replace('age: 36', "age: 'old'") })
  const failed = await run('seed')
  expect(failed.code).toBe(7)
  expect(lines(failed.stdout)).toEqual(['  ✓ roles   2 inserted', '  ✗ users   undone, nothing of it is left'])
  expect(failed.stderr).toContain('invalid input syntax for type integer: "old"')
  expect(failed.stderr).toContain('seeds/users.ts')
  expect(await database.query('select from users')).toEqual([])
  expect(await json('seed')).toMatchObject({
    code: 7,
    document: {
      seeds: [{ name: 'roles', outcome: 'unchanged' }, { outcome: 'failed' }],
      error: { code: 'GODWIT_SEED_ROW', row: 1 },
    },
  })
})

test('what is asked for and is not there', async () => {
  const { run } = await seeded({
    'seeds/lost.ts': roles.replace("table: 'roles'", "table: 'rolls'").replace('})', ", name: 'lost' })"),
  })
  const unknown = await run('seed', 'usres')
  expect(unknown).toMatchObject({ code: 2 })
  expect(unknown.stderr).toContain("There is no seed 'usres'. Did you mean 'users'?")
  const place = await run('seed', 'lost')
  expect(place).toMatchObject({ code: 2 })
  expect(place.stderr).toContain("GODWIT_SEED_PLACE: The seed 'lost' fills rolls, which is not there.")
  expect((await run('seed', '--all')).code).toBe(2)
})

test('--dry-run says what would run, and writes nothing', async () => {
  const { run, database } = await seeded()
  expect(lines((await run('seed', '--dry-run')).stdout)).toEqual(['  would run roles', '  would run users'])
  expect(await database.query('select from roles')).toEqual([])
})

test('a clear shows what goes, and wants consent; edited rows and those of others stay as told', async () => {
  const { run, database } = await seeded()
  await run('seed')
  await database.query("insert into users (email, role_id) values ('own@example.com', 1)")
  await database.query("update users set role_id = 2 where email = 'own@example.com'")
  const asked = await run('seed', '--clear', '--only', 'users')
  expect(asked.code).toBe(5)
  expect(lines(asked.stdout)).toEqual(['Takes away:', '  users  2 rows'])
  expect(await database.query('select from users')).toHaveLength(3)
  const cleared = await run('seed', '--clear-only', '--only', 'users', '--yes')
  expect(lines(cleared.stdout)).toEqual(['Takes away:', '  users  2 rows', '2 rows cleared.'])
  expect(await database.query('select email from users')).toEqual([{ email: 'own@example.com' }])
  expect(lines((await run('seed', '--list')).stdout)).toEqual([
    expect.stringMatching(/^ {2}roles {3}just now {3}2 inserted by .+@.+ \(development\)$/),
    expect.stringMatching(/^ {2}users {3}just now {3}2 cleared by/),
  ])
  const held = await run('seed', '--clear', '--yes')
  expect(held).toMatchObject({ code: 5, stderr: expect.stringContaining('GODWIT_SEED_CLEAR_REFUSED') })
  await run('seed', 'users', '--env', 'staging')
  await run('protect')
  const production = await run('seed', '--clear', '--only', 'users', '--yes')
  expect(production.code).toBe(5)
  expect(production.stderr).toContain(`--confirm ${database.name}`)
})

test('what production refuses costs nothing: the clear ahead of it is not begun', async () => {
  const { run, database, put } = await seeded()
  await run('seed')
  put({
    'seeds/users.ts': users.replace("email: 'ada@example.com',", "email: 'ada@example.com', password: 'stands here',"),
  })
  await run('protect')
  const refused = await run('seed', '--clear', '--confirm', database.name)
  expect(refused.stderr).toContain('GODWIT_SEED_PASSWORD')
  expect(await database.query('select from users')).toHaveLength(2)
})

test('--clear --all empties the tables, never the history, and seeds again', async () => {
  const { run, json, database } = await seeded()
  await run('seed')
  await database.query("insert into users (email, role_id) values ('own@example.com', 1)")
  const cleared = await run('seed', '--clear', '--all', '--yes')
  expect(lines(cleared.stdout)).toEqual([
    'Takes away:',
    '  roles  2 rows',
    '  users  3 rows',
    '  ✓ roles   2 inserted',
    '  ✓ users   2 inserted',
    '5 rows cleared.',
  ])
  expect(await database.query('select id, email from users order by id')).toEqual([
    { id: '1', email: 'ada@example.com' },
    { id: '2', email: 'ben@example.com' },
  ])
  expect(await json('status')).toMatchObject({ document: { summary: { applied: 1, pending: 0 } } })
})

test('a reset seeds at its end, unless it is told not to', async () => {
  const { run, json, database } = await seeded()
  expect((await json('reset', '--yes')).document).toMatchObject({
    seeds: [{ name: 'roles', inserted: 2 }, { name: 'users' }],
  })
  expect(await database.query('select from users')).toHaveLength(2)
  await run('reset', '--yes', '--no-seed')
  expect(await database.query('select from users')).toEqual([])
})

test('a reset whose seeds cannot be loaded takes nothing away', async () => {
  const { run, put, database } = await seeded()
  put({ 'seeds/users.ts': 'export default 7' })
  expect(await run('reset', '--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining('GODWIT_SEED_INVALID') })
  expect(await database.query('select from users')).toEqual([])
})

test('--rows fills tables by the types of their columns and their foreign keys, never on production', async () => {
  const { run, database } = await seeded()
  expect(lines((await run('seed', '--rows', 'users=500,roles=3')).stdout)).toEqual([
    '  ✓ rows:roles   3 inserted',
    '  ✓ rows:users   500 inserted',
  ])
  expect(
    await database.query(
      'select count(distinct email)::int as emails, count(distinct role_id)::int as roles from users',
    ),
  ).toEqual([{ emails: 500, roles: 3 }])
  await run('seed', '--rows', 'users=500')
  expect(await database.query('select count(*)::int from users')).toEqual([{ count: 1000 }])
  expect(lines((await run('seed', '--rows', 'users=1,roles=1', '--dry-run')).stdout)).toEqual([
    '  would run rows:roles',
    '  would run rows:users',
  ])
  expect(await database.query('select from roles')).toHaveLength(3)
  const mixed = await run('seed', '--rows', 'users=1', '--clear', '--yes')
  expect(mixed.code).toBe(2)
  expect(mixed.stderr).toContain('it stands alone')
  expect((await run('seed', '--rows', 'users')).stderr).toContain('GODWIT_SEED_ROWS_WRITTEN')
  await run('protect')
  expect((await run('seed', '--rows', 'users=1')).code).toBe(5)
})

test('rows that cannot be made are found out before a clear takes anything', async () => {
  const { run, put, database } = await seeded()
  await run('seed')
  const broken = `export default { ...{} }
import { defineSeed } from 'godwit'
export const users = defineSeed({ name: 'users', table: 'users', key: ['email'], rows: () => { throw new Error('no variable') } })
`
  put({ 'seeds/users.ts': broken })
  const cleared = await run('seed', '--clear', '--all', '--yes')
  expect(cleared).toMatchObject({ stdout: expect.not.stringContaining('Takes away') })
  expect(cleared.code).not.toBe(0)
  expect(cleared.stderr).toContain('no variable')
  expect(await database.query('select from users')).toHaveLength(2)
})

test('Ctrl-C undoes the seed at work, and says so', async () => {
  const { start, database } = await seeded({
    'seeds/slow.ts': `export const after = ['users']
export default async ({ db, upsert, log }) => {
  await upsert('roles', ['name'], { name: 'slow' })
  log('at work')
  await db.query('select pg_sleep(60)')
}
`,
  })
  const { child, ended } = start('seed')
  child.stdout?.on('data', (text) => {
    if (String(text).includes('at work')) child.kill('SIGINT')
  })
  const { code, stdout, stderr } = await ended
  expect(code).toBe(130)
  expect(stdout).toContain('✗ slow')
  expect(stderr).toContain('GODWIT_INTERRUPTED')
  expect(stderr).toContain('Go on with: godwit seed')
  expect(await database.query('select name from roles order by 1')).toEqual([{ name: 'admin' }, { name: 'user' }])
})

test('a table that was made again holds nothing of a seed; one whose file is gone is cleared by its name', async () => {
  const { run, put, database } = await seeded()
  await run('seed')
  await run('reset', '--yes', '--no-seed')
  await database.query("insert into roles (name) values ('admin')")
  expect(lines((await run('seed', '--clear-only', '--yes')).stdout)).toEqual(['Nothing to clear.'])
  expect(await database.query('select from roles')).toHaveLength(1)
  await run('seed')
  put({ 'seeds/users.ts': users.replace("table: 'users',", "name: 'people', table: 'users',") })
  expect(lines((await run('seed', 'users', '--clear-only', '--yes')).stdout).at(-1)).toBe('2 rows cleared.')
  expect((await run('seed', 'usres', '--clear-only', '--yes')).stderr).toContain("Did you mean 'users'?")
})
