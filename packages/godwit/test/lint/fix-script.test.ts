import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { assumedSchema } from '../../src/lint/assumed-schema.js'
import { fixScript } from '../../src/lint/fix/fix-script.js'
import { defaultOptions } from '../../src/lint/options.js'
import { type FoundIn, lintMigrations } from '../../src/lint/run.js'
import { splitScript } from '../../src/sql/split.js'
import { readWholeCatalogue } from '../support/catalogue.js'
import { createDatabase } from '../support/database.js'
import { allOn, lintSql, migrationOf } from './lint-sql.js'

const there = `
CREATE TABLE users (id bigint PRIMARY KEY, email text, name varchar(40), age int, team bigint NOT NULL, "Mixed Case" text);
CREATE TABLE teams (id bigint PRIMARY KEY, title text);
CREATE TABLE logs (id bigint NOT NULL, at timestamptz, "order" int);
CREATE INDEX users_name_idx ON users (name);
CREATE TABLE events (id bigint, day date) PARTITION BY RANGE (day);
CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO teams VALUES (1, 'a');
INSERT INTO users VALUES (1, 'a@b', 'a', 20, 1, 'x'), (2, 'c@d', 'b', 30, 1, 'y');
INSERT INTO logs VALUES (1, now(), 1), (2, now(), 2);
`

const scripts: readonly string[] = [
  'CREATE INDEX users_email_idx ON users (email);',
  'CREATE INDEX ON users (email);',
  'CREATE UNIQUE INDEX users_email_key ON users USING btree (lower(email)) WHERE age > 10;',
  'create index /* the mails */ users_email_idx on users (email) -- quick\n;',
  'DROP INDEX users_name_idx;',
  'DROP INDEX IF EXISTS users_name_idx, nothing_there;',
  'REINDEX TABLE users;',
  'REINDEX INDEX users_name_idx;',
  'ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 10);',
  'ALTER TABLE users ADD CHECK (age > 10);',
  'ALTER TABLE users ADD CHECK (age > 10 OR name IS NULL);',
  'ALTER TABLE users ADD CHECK (("Mixed Case") <> \'\');',
  'ALTER TABLE users ADD CONSTRAINT in_team FOREIGN KEY (team) REFERENCES teams (id) ON DELETE CASCADE;',
  'ALTER TABLE users ADD FOREIGN KEY (team) REFERENCES teams;',
  'ALTER TABLE users ADD FOREIGN KEY (team) REFERENCES teams (id) DEFERRABLE INITIALLY DEFERRED;',
  'ALTER TABLE users ADD CONSTRAINT one_mail UNIQUE (email);',
  'ALTER TABLE users ADD UNIQUE (email, "Mixed Case");',
  'ALTER TABLE users ADD UNIQUE (email) DEFERRABLE;',
  'ALTER TABLE users ADD CONSTRAINT one_mail UNIQUE (email) INCLUDE (name);',
  'ALTER TABLE users ADD COLUMN code text UNIQUE;',
  'ALTER TABLE users ADD COLUMN code text DEFAULT NULL UNIQUE CONSTRAINT short CHECK (length(code) < 9);',
  'ALTER TABLE logs ADD PRIMARY KEY (id);',
  'ALTER TABLE logs ADD CONSTRAINT logs_key PRIMARY KEY (id, "order");',
  'ALTER TABLE users ALTER COLUMN email SET NOT NULL;',
  'ALTER TABLE users ALTER "Mixed Case" SET NOT NULL;',
  'ALTER TABLE ONLY users ALTER COLUMN email SET NOT NULL, ADD COLUMN a int, ADD CONSTRAINT adult CHECK (age > 10);',
  "ALTER TABLE users ADD COLUMN a int, -- a comment\n  ADD CONSTRAINT adult CHECK (age > 10 /* , */ AND name <> ','), ALTER COLUMN email SET NOT NULL;",
  "CREATE INDEX a ON users (email);\n\n  CREATE INDEX b ON logs (at);\nALTER TABLE users ADD CONSTRAINT adult CHECK (age > 10);\nCOMMENT ON TABLE users IS 'x';",
]

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const item of splitScript(sql)) if (item.kind === 'statement') await client.query(item.statement.text)
  } finally {
    await client.end()
  }
}

const strict = { 'prefer-robust-stmts': 'off', 'require-lock-timeout': 'off' } as const

describe.each([15, 18] as const)('PostgreSQL %i', (major) => {
  test('a mended script makes what it made before, and lints clean', { timeout: 240_000 }, async () => {
    const { url, query } = await createDatabase(major)
    const made = async (sql: string): Promise<string[]> => {
      await query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
      await run(url, there)
      await run(url, sql)
      return readWholeCatalogue(query)
    }
    for (const sql of scripts) {
      const fixable = await fixableIn(sql, { major })
      expect(fixable, sql).not.toEqual([])
      const { content = '', refused } = fixScript(sql, await migrationAgain(sql, fixable), fixable)
      expect(refused, sql).toEqual([])
      expect(content).toMatch(/^-- godwit: transaction=none\n/)
      expect(await made(content), content).toEqual(await made(sql))
      const codes = new Set(fixable.map(({ code }) => code))
      const left = (await lintSql(content, { major, levels: strict })).filter(({ code }) => codes.has(code))
      expect(left, content).toEqual([])
    }
  })
})

async function fixableIn(...[sql, options = {}, given]: Parameters<typeof lintSql>): Promise<FoundIn[]> {
  const found = await lintSql(sql, { ...options, levels: strict }, given)
  return found.filter(({ fix, severity }) => fix !== undefined && severity !== 'note')
}

// The findings name statements of the very migration that is fixed.
async function migrationAgain(sql: string, findings: Awaited<ReturnType<typeof lintSql>>) {
  const migration = await migrationOf(sql)
  for (const finding of findings) {
    const same = migration.statements.find(({ text }) => text === finding.statement?.text)
    if (same !== undefined) finding.statement = same
  }
  return migration
}

test.each([
  ['BEGIN;\nCREATE INDEX i ON users (email);\nCOMMIT;', /transactions of its own/],
  ['CREATE INDEX i ON users (email);\nUPDATE users SET age = 1 WHERE id = 1;', /needs its transaction for UPDATE/],
  ['-- godwit: transaction=one\nCREATE INDEX i ON users (email);', /header says/],
  ['CREATE TEMP TABLE a (id int);\nCREATE INDEX i ON users (email);', /outlive/],
  ["SET LOCAL lock_timeout = '2s';\nCREATE INDEX i ON users (email);", /SET holds only inside/],
  ['LOCK TABLE users;\nCREATE INDEX i ON users (email);', /LOCK TABLE holds only inside/],
  ['SET CONSTRAINTS ALL DEFERRED;\nCREATE INDEX i ON users (email);', /SET CONSTRAINTS holds only inside/],
])('what needs its transaction is not mended: %s', async (sql, reason) => {
  const found = (await lintSql(sql)).filter(
    ({ fix, code }) => fix !== undefined && code.startsWith('require-concurrent'),
  )
  const { content, refused } = fixScript(sql, await migrationAgain(sql, found), found)
  expect(content).toBeUndefined()
  expect(refused).toHaveLength(1)
  expect(refused[0]?.reason).toMatch(reason)
})

test.each([
  'ALTER TABLE users ADD CHECK (age > 0), ADD CHECK (age < 200);',
  'ALTER TABLE users ADD CHECK (age > 0) NOT VALID;\nALTER TABLE users ADD CHECK (age < 200);',
  'ALTER TABLE users ADD UNIQUE (email);\nALTER TABLE users ADD COLUMN a int, ADD UNIQUE (email);',
  'ALTER TABLE events ADD CONSTRAINT days UNIQUE (day);\nDROP INDEX days;',
])('what would take a name that is taken, or what the server refuses, is not written: %s', async (sql) => {
  const [first, migration] = [await migrationOf(there, { name: '0_there' }), await migrationOf(sql)]
  const all = { ...defaultOptions, levels: { ...allOn, ...strict } }
  const both = [first, migration]
  const [result] = lintMigrations(both, new Set([migration]), assumedSchema(both, all), all)
  const { content = sql } = fixScript(sql, migration, result?.findings ?? [])
  expect(content).not.toMatch(/_check CHECK \(age < 200\)|DROP INDEX CONCURRENTLY/)
  expect(content.match(/ADD CONSTRAINT users_email_key/g)?.length ?? 0).toBeLessThan(2)
  expect(content).not.toMatch(/transaction=none[\s\S]*SET LOCAL/)
})

test('a timeout that is set outside of a transaction is that of the session', async () => {
  const sql = 'COMMENT ON TABLE users IS NULL;\nCREATE INDEX i ON users (email);'
  const found = (await lintSql(sql, { levels: allOn })).filter(({ fix }) => fix !== undefined)
  const { content } = fixScript(sql, await migrationAgain(sql, found), found)
  expect(content).toMatch(/^-- godwit: transaction=none\nSET \w+_timeout/)
  expect(content).not.toContain('SET LOCAL')
})

test('Prisma takes a mended script only where one statement is left', async () => {
  const mend = async (sql: string) => {
    const found = await fixableIn(sql, {}, { format: 'prisma' })
    const migration = { ...(await migrationAgain(sql, found)), format: 'prisma' as const }
    return fixScript(sql, migration, found)
  }
  expect((await mend('CREATE INDEX i ON users (email);\n')).content).toBe(
    'CREATE INDEX CONCURRENTLY i ON users (email);\n',
  )
  const { content, refused } = await mend('ALTER TABLE users ADD CONSTRAINT a CHECK (age > 1);')
  expect(content).toBeUndefined()
  expect(refused[0]?.reason).toMatch(/Prisma/)
})

test('a script keeps its line endings, its byte order mark and what stands around', async () => {
  const sql = '\uFEFF-- head\r\nCREATE INDEX i\r\n  ON users (email); -- behind\r\n'
  const found = await fixableIn(sql)
  const { content } = fixScript(sql, await migrationAgain(sql, found), found)
  expect(content).toBe(
    '\uFEFF-- godwit: transaction=none\r\n-- head\r\nCREATE INDEX CONCURRENTLY i\r\n  ON users (email); -- behind\r\n',
  )
})
