import { expect, inject, test } from 'vitest'
import { verifyProject } from './support.js'

const shadow = inject('servers').pg15

/** Makes a table, drops its column with an index on it, and gives only the column back; the same in every format. */
const SQL = {
  make: 'CREATE TABLE users (id serial PRIMARY KEY, age int); CREATE INDEX users_age ON users (age)',
  unmake: 'DROP TABLE users',
  drop: 'ALTER TABLE users DROP age',
  forget: 'ALTER TABLE users ADD age int',
}

const expected = [
  { verdict: 'reversible', down: 'down', reasons: [], passes: true },
  {
    verdict: 'irreversible',
    down: 'down',
    reasons: [
      { code: 'differs', objects: ['index public.users_age is not there'] },
      { code: 'data', objects: ['public.users.age: 3 of 3 values are gone'] },
    ],
    passes: false,
  },
]

test('TypeORM: a thrown error is a down that fails, unless a comment says that it is on purpose', async () => {
  const typeorm = (name: string, up: string, down: string | undefined) =>
    `export class ${name} { async up(r) { await r.query(\`${up}\`) } ${down === undefined ? '' : `async down(r) { ${down} }`} }`
  const query = (sql: string) => `await r.query('${sql}')`
  const { verify } = verifyProject(
    {
      'src/migrations/1000000000000-Make.js': typeorm('Make1000000000000', SQL.make, query(SQL.unmake)),
      'src/migrations/1000000000001-Forget.js': typeorm('Forget1000000000001', SQL.drop, query(SQL.forget)),
      'src/migrations/1000000000002-Throw.js': typeorm('Throw1000000000002', 'SELECT 1', "throw new Error('one way')"),
      'src/migrations/1000000000003-None.js': `// godwit: irreversible, and TypeORM wants a down\n${typeorm('None1000000000003', 'SELECT 1', "throw new Error('one way')")}`,
    },
    { format: 'typeorm', migrations: 'src/migrations/*.js' },
  )
  expect((await verify({ all: true, ci: true, shadow })).migrations).toMatchObject([
    ...expected,
    {
      verdict: 'irreversible',
      reasons: [{ code: 'down-fails', text: expect.stringContaining('one way') }],
      passes: false,
    },
    { verdict: 'irreversible', reasons: [{ code: 'no-down' }], down: 'irreversible', passes: true },
  ])
}, 60_000)

test('node-pg-migrate: `down = false` is on purpose; a file of SQL without a section has no way back', async () => {
  const pgm = (up: string, down: string) => `exports.up = (pgm) => { pgm.sql('${up}') }; ${down}`
  const { verify } = verifyProject(
    {
      'migrations/1_make.js': pgm(SQL.make, `exports.down = (pgm) => { pgm.sql('${SQL.unmake}') }`),
      'migrations/2_forget.js': pgm(SQL.drop, `exports.down = (pgm) => { pgm.sql('${SQL.forget}') }`),
      'migrations/3_one-way.js': pgm('SELECT 1', 'exports.down = false'),
      'migrations/4_none.sql': '-- Up Migration\nSELECT 1;\n',
      'migrations/5_inferred.js': "exports.up = (pgm) => { pgm.createTable('b', { id: 'id' }) }",
    },
    { format: 'node-pg-migrate' },
  )
  expect((await verify({ all: true, ci: true, shadow })).migrations).toMatchObject([
    ...expected,
    { verdict: 'irreversible', down: 'irreversible', passes: true },
    { verdict: 'irreversible', down: 'none', passes: false },
    { verdict: 'reversible', down: 'down' },
  ])
}, 60_000)

test('Prisma: without a down.sql there is no way back, which only counts where it is asked for', async () => {
  const { verify, put } = verifyProject(
    {
      'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
      'prisma/migrations/20250101000000_make/migration.sql': SQL.make,
      'prisma/migrations/20250101000000_make/down.sql': SQL.unmake,
      'prisma/migrations/20250101000001_forget/migration.sql': SQL.drop,
      'prisma/migrations/20250101000001_forget/down.sql': SQL.forget,
      'prisma/migrations/20250101000002_none/migration.sql': 'SELECT 1;',
    },
    { format: 'prisma', migrations: 'prisma/migrations' },
  )
  const none = { verdict: 'irreversible', down: 'usual' }
  expect((await verify({ all: true, ci: true, shadow })).migrations).toMatchObject([
    ...expected,
    { ...none, passes: true },
  ])
  expect((await verify({ all: true, requireDown: true, shadow })).migrations[2]).toMatchObject({
    known: true,
    passes: false,
  })
  put({ 'prisma/migrations/20250101000001_forget/down.sql': `${SQL.forget}; CREATE INDEX users_age ON users (age)` })
  expect((await verify({ all: true, shadow })).migrations).toMatchObject([
    { known: true },
    { verdict: 'lossy', known: false },
    none,
  ])
}, 60_000)
