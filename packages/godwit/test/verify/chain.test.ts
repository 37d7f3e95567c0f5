import { execFileSync } from 'node:child_process'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import type { RunEvent } from '../../src/engine/events.js'
import { createDatabase } from '../support/database.js'
import { verifyProject } from './support.js'

const chain = {
  'migrations/1_users.sql': 'CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, age int);',
  'migrations/1_users.down.sql': 'DROP TABLE users;',
  'migrations/2_left.sql': 'CREATE INDEX IF NOT EXISTS users_age ON users (age);',
  'migrations/2_left.down.sql': 'SELECT 1;',
  'migrations/3_drop.sql': 'ALTER TABLE users DROP age;',
  'migrations/3_drop.down.sql': 'ALTER TABLE users ADD age int; CREATE INDEX users_age ON users (age);',
  'migrations/4_archive.sql': '-- godwit: irreversible, the old rows are elsewhere\nDELETE FROM users WHERE id < 0;',
  'migrations/5_orders.sql': 'CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users);',
  'migrations/5_orders.down.sql': 'DROP TABLE orders;',
  'migrations/6_none.sql': 'ALTER TABLE orders ADD note text;',
}
const verdicts = ['reversible', 'irreversible', 'lossy', 'irreversible', 'reversible', 'irreversible']

test.each([
  ['PGlite', undefined],
  ['PostgreSQL 15', 'pg15'],
] as const)(
  'each is judged behind all that come before it, and known the next time: %s',
  async (_, server) => {
    const shadow = server === undefined ? undefined : inject('servers')[server]
    const { verify, put } = verifyProject(chain)
    const first = await verify({ all: true, shadow })
    expect(first.migrations.map(({ verdict }) => verdict)).toEqual(verdicts)
    expect(first.migrations.map(({ down }) => down)).toEqual(['down', 'down', 'down', 'irreversible', 'down', 'none'])
    expect(first.migrations.map(({ reasons }) => reasons[0]?.objects[0])).toEqual([
      undefined,
      'index public.users_age is left',
      'public.users.age: 3 of 3 values are gone',
      undefined,
      undefined,
      undefined,
    ])
    expect(first.shadow).toMatch(/PostgreSQL \d+/)
    const events: RunEvent['type'][] = []
    const again = await verify({ all: true, shadow }, { onEvent: (event) => events.push(event.type) })
    expect(again.migrations).toEqual(first.migrations.map((each) => ({ ...each, known: true })))
    expect(again.shadow).toBeNull()
    expect(new Set(events)).toEqual(new Set(['verifying']))
    // A way back that changed is tried again, with what comes behind it.
    put({ 'migrations/3_drop.down.sql': 'SELECT 1;' })
    const changed = await verify({ all: true, shadow })
    expect(changed.migrations.map(({ known }) => known)).toEqual([true, true, false, false, false, false])
    expect(changed.migrations[2]).toMatchObject({ verdict: 'irreversible' })
    expect((await verify({ all: true, shadow, cache: false })).migrations.every(({ known }) => !known)).toBe(true)
  },
  180_000,
)

test('what is a finding depends on what is asked', async () => {
  const { verify } = verifyProject(chain)
  const findings = async (request: object) =>
    (await verify({ all: true, ...request })).migrations.filter(({ passes }) => !passes).map(({ name }) => name[0])
  expect(await findings({})).toEqual(['2'])
  expect(await findings({ ci: true })).toEqual(['2', '6'])
  expect(await findings({ ci: true, strict: true })).toEqual(['2', '3', '6'])
  expect(await findings({ requireDown: true })).toEqual(['2', '4', '6'])
}, 120_000)

test('which are meant: a name, what is pending, the last one, what a git revision lacks', async () => {
  const database = await createDatabase()
  const { verify, put, folder } = verifyProject(chain, { format: 'sql', database: database.url })
  const names = async (request: object) => (await verify({ ...request })).migrations.map(({ name }) => name[0])
  expect(await names({ name: 'orders' })).toEqual(['5'])
  const { openProject } = await import('../../src/project/open.js')
  const project = await openProject({ cwd: folder, env: {} })
  await project.up({ to: '4_archive' })
  expect(await names({})).toEqual(['5', '6'])
  await project.up()
  expect(await names({})).toEqual(['6'])
  expect(await verify({})).toMatchObject({ shadow: null, migrations: [{ known: true }] })
  await expect(verify({ name: 'orders', all: true })).rejects.toMatchObject({ code: 'GODWIT_USAGE' })
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder })
  await expect(verify({ since: 'main' })).rejects.toMatchObject({ code: 'GODWIT_SINCE' })
  git('init', '-q', '-b', 'main')
  git('add', 'migrations')
  git('commit', '-q', '-m', 'first')
  expect(await names({ since: 'main' })).toEqual([])
  put({ 'migrations/7_new.sql': 'SELECT 1;', 'migrations/5_orders.down.sql': 'DROP TABLE orders CASCADE;' })
  expect(await names({ since: 'main' })).toEqual(['5', '7'])
  await expect(verify({ since: '--output=x' })).rejects.toMatchObject({ code: 'GODWIT_SINCE' })
}, 120_000)

test('without a database all of them are meant; nothing of it is needed', async () => {
  const { verify } = verifyProject(chain)
  expect((await verify({})).migrations).toHaveLength(6)
}, 120_000)

test('what stands in the way of sample rows is said, and fails nothing', async () => {
  const { last } = verifyProject({
    'migrations/1_a.sql': `CREATE TABLE odd (id int PRIMARY KEY, shape circle NOT NULL);
CREATE TABLE points (id int PRIMARY KEY, odd_id int NOT NULL REFERENCES odd);
CREATE TABLE never (id int PRIMARY KEY CHECK (false));
CREATE TABLE fine (id int PRIMARY KEY, a text CHECK (a = 'Ü''x'), b int CHECK (b > 5 AND b < 8), UNIQUE (a, b), c int NOT NULL CHECK (c <> id));`,
    'migrations/1_a.down.sql': 'DROP TABLE points, odd, never, fine;',
    'migrations/2_b.sql': 'ALTER TABLE fine DROP a, DROP b;',
    'migrations/2_b.down.sql':
      "ALTER TABLE fine ADD a text CHECK (a = 'Ü''x'), ADD b int CHECK (b > 5 AND b < 8), ADD UNIQUE (a, b);",
  })
  expect(await last()).toMatchObject({
    verdict: 'lossy',
    reasons: [
      {
        objects: [
          expect.stringMatching(/^public.fine.a: \d of \d values are gone/),
          expect.stringMatching(/^public.fine.b: \d of \d values are gone/),
        ],
      },
    ],
    notes: [
      expect.stringMatching(/^no sample rows in public.never: .*never_check/),
      'no sample rows in public.odd: no value is known for its column shape of the type circle',
      'no sample rows in public.points: odd, which it points to, is empty',
    ],
  })
}, 60_000)

test('an up that fails on sample rows is tried without; one that fails at all is an error behind the others', async () => {
  const { folder, verify } = verifyProject({
    'migrations/1_a.sql': 'CREATE TABLE a (id int PRIMARY KEY);',
    'migrations/1_a.down.sql': 'DROP TABLE a;',
    'migrations/2_b.sql': 'ALTER TABLE a ADD n int NOT NULL;',
    'migrations/2_b.down.sql': 'ALTER TABLE a DROP n;',
    'migrations/3_c.sql': 'ALTER TABLE b ADD n int;',
    'migrations/3_c.down.sql': 'ALTER TABLE b DROP n;',
  })
  expect((await verify({ name: '2_b' })).migrations).toMatchObject([
    { verdict: 'reversible', notes: [expect.stringMatching(/^tried without rows: .*contains null values/)] },
  ])
  const { openProject } = await import('../../src/project/open.js')
  const report = await (await openProject({ cwd: folder, env: {} })).verify({ all: true })
  expect(report.migrations.map(({ name }) => name)).toEqual(['1_a', '2_b'])
  expect(report.error).toMatchObject({ code: 'GODWIT_VERIFY_UP', exitCode: 7, details: { file: 'migrations/3_c.sql' } })
}, 60_000)

test('stopped in the middle, it ends at once and leaves nothing', async () => {
  const server = inject('servers').pg18
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  onTestFinished(() => client.end())
  const stop = new AbortController()
  const { verify } = verifyProject({
    'migrations/1_a.sql': 'CREATE TABLE a (id int);',
    'migrations/1_a.down.sql': 'SELECT pg_sleep(3333); DROP TABLE a;',
  })
  const outcome = verify({ all: true, shadow: server }, { signal: stop.signal }).catch((error: unknown) => error)
  let shadow: string | undefined
  while (shadow === undefined) {
    const { rows } = await client.query(
      "SELECT datname FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(3333)%' AND datname LIKE 'godwit_shadow_%'",
    )
    shadow = rows[0]?.datname
  }
  stop.abort('SIGINT')
  expect(await outcome).toMatchObject({ code: 'GODWIT_INTERRUPTED' })
  expect((await client.query('SELECT FROM pg_database WHERE datname = $1', [shadow])).rowCount).toBe(0)
}, 60_000)
