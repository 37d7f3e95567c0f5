import { describe, expect, inject, test } from 'vitest'
import { readFacts } from '../../src/databases/postgres/facts/read-facts.js'
import { answer } from '../../src/databases/postgres/preflight/answer.js'
import { inTheWay } from '../../src/databases/postgres/preflight/in-the-way.js'
import { Schema } from '../../src/impact/schema.js'
import { checksOf } from '../../src/preflight/checks-of.js'
import { loadParser, parseStatement } from '../../src/sql/parser.js'
import { createDatabase } from '../support/database.js'
import { cases, tables } from './cases.js'
import { casesOfChanges } from './cases-of-changes.js'
import { connect, errorsIn, failure, look } from './look.js'

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  const known = major === 15 ? inject('olderMajor') : major
  test.each([...cases, ...casesOfChanges].filter(({ since = 0 }) => since <= known))(
    '$code: $run',
    async ({ code, run, breaks, fits }) => {
      for (const data of [breaks, fits]) {
        if (data === '-') continue
        const client = await connect((await createDatabase(major)).url)
        await client.query(tables + data)
        const found = await look(client, run)
        const fails = await failure(client, run)
        // What is said beforehand is what happens.
        expect({ data, found: errorsIn(found) }).toEqual({ data, found: fails === undefined ? [] : [code] })
        expect(fails === undefined).toBe(data === fits)
      }
    },
  )
})

test('the rows are named by their keys, values only where they may be shown, and a query finds all of them', async () => {
  const client = await connect((await createDatabase()).url)
  await client.query(`${tables} INSERT INTO users (id, phone) SELECT i, '+254' || i / 2 FROM generate_series(2, 41) i`)
  const [found] = await look(client, 'CREATE UNIQUE INDEX i ON users (phone)')
  expect(found).toMatchObject({ message: '20 values of "phone" are used by 40 rows of users', rows: 40 })
  expect(found?.examples).toHaveLength(10)
  expect(found?.examples?.[0]).toEqual({ key: '2, 3', value: '+2541' })
  const all = await client.query(found?.query ?? '')
  expect(all.rows).toHaveLength(20)
  const [hidden] = await look(client, 'CREATE UNIQUE INDEX i ON users (phone)', false)
  expect(JSON.stringify(hidden)).not.toContain('+254')
  await client.query(`UPDATE users SET phone = 'secret' WHERE id = 7`)
  const [cast] = await look(client, 'ALTER TABLE users ALTER phone TYPE int USING substr(phone, 2)::int', false)
  expect(cast).toMatchObject({
    code: 'cast-fails',
    message: 'users.phone cannot become integer: a value has not its form',
  })
})

test('behind statements that change rows it says that it cannot know', async () => {
  const client = await connect((await createDatabase()).url)
  await client.query(`${tables} INSERT INTO users (id) VALUES (1)`)
  for (const first of [
    `UPDATE users SET email = 'x'`,
    `DO $$ BEGIN UPDATE users SET email = 'x'; END $$`,
    `DELETE FROM users`,
  ]) {
    const found = await look(client, `${first.replaceAll('; ', ';')}; ALTER TABLE users ALTER email SET NOT NULL`)
    expect(found).toMatchObject([{ code: 'not-checkable', severity: 'note' }])
  }
})

test.each([
  'CREATE TABLE t AS SELECT phone FROM users; ALTER TABLE t ADD UNIQUE (phone)',
  `CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1); CREATE UNIQUE INDEX i ON t (id)`,
])('what the run itself writes is not checkable: %s', async (script) => {
  const client = await connect((await createDatabase()).url)
  await client.query(`${tables} INSERT INTO users (id, phone) VALUES (1, 'a'), (2, 'a')`)
  expect(await look(client, script)).toMatchObject([{ code: 'not-checkable', severity: 'note' }])
})

test.each([
  'ALTER DOMAIN word SET NOT NULL',
  `ALTER DOMAIN word ADD CHECK (value <> 'a')`,
  'ALTER TABLE users ADD COLUMN extra required',
  'ALTER TABLE parts ATTACH PARTITION part FOR VALUES FROM (5) TO (9)',
])('what is not tried beforehand is said: %s', async (script) => {
  const client = await connect((await createDatabase()).url)
  await client.query(`${tables} CREATE DOMAIN word AS text; CREATE DOMAIN required AS int NOT NULL;
    ALTER TABLE users ALTER email TYPE word; INSERT INTO users (id, email) VALUES (1, NULL), (2, 'a');
    CREATE TABLE parts (id int) PARTITION BY RANGE (id); CREATE TABLE part AS SELECT 1 AS id`)
  expect(await look(client, script)).toMatchObject([{ code: 'not-checkable', severity: 'note' }])
  expect(await failure(client, script)).toBeDefined()
})

test('a check that takes too long, or a large table, is said and not waited for', async () => {
  const client = await connect((await createDatabase()).url)
  await client.query(`${tables} INSERT INTO users (id) VALUES (1);
    CREATE FUNCTION slow(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT pg_sleep(60) IS NULL'`)
  await loadParser()
  const facts = await readFacts(client)
  const schema = new Schema({ ...facts, relations: facts.relations.map((each) => ({ ...each, bytes: 2e9 })) })
  const tree = parseStatement('ALTER TABLE users ALTER email SET NOT NULL')
  const checks = tree === undefined ? [] : checksOf(tree, schema)
  expect((await answer(client, checks, { full: false, values: false })).flat()).toMatchObject([{ code: 'too-large' }])
  expect((await answer(client, checks, { full: true, values: false })).flat()).toMatchObject([{ code: 'nulls' }])
})

// Scripts that work, though a first look at their names would say otherwise.
const sound = [
  'BEGIN; CREATE TABLE extra (id int); ROLLBACK; CREATE TABLE extra (id int)',
  'CREATE TEMP TABLE users (x int); ALTER TABLE users ADD COLUMN id int NOT NULL; ALTER TABLE users DROP COLUMN x',
  'SET search_path = other; CREATE TABLE users (id int); ALTER TABLE users ADD COLUMN extra int',
  'CREATE EXTENSION IF NOT EXISTS plpgsql',
  "ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM ('sad', 'ok'); ALTER TABLE users ALTER mood TYPE mood USING (CASE mood::text WHEN 'odd' THEN 'ok' ELSE mood::text END)::mood; DROP TYPE mood_old",
  'DROP TABLE old_users; CREATE TABLE old_users (fresh int NOT NULL)',
  'ALTER TABLE parents ADD UNIQUE (id)',
  'CREATE UNIQUE INDEX i ON users (email COLLATE "C")',
  'ALTER TABLE users ADD COLUMN extra filled NOT NULL',
  'ALTER TABLE users ADD COLUMN extra serial NOT NULL',
  'SELECT make_extra(); ALTER TABLE extra ADD COLUMN b int',
  "DO 'BEGIN CREATE TABLE extra (id int);END'; ALTER TABLE extra ADD COLUMN b int",
]

test.each(sound)('no false alarm: %s', async (script) => {
  const client = await connect((await createDatabase()).url)
  await client.query(`${tables} CREATE SCHEMA other; CREATE DOMAIN filled AS int DEFAULT 4;
    CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
    ALTER TABLE users ALTER email TYPE text COLLATE loose; INSERT INTO users (id, email, mood) VALUES (1, 'a', 'odd'), (2, 'A', 'sad');
    CREATE TABLE parents (id int); CREATE TABLE children () INHERITS (parents);
    INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1);
    CREATE FUNCTION make_extra() RETURNS void LANGUAGE sql AS 'CREATE TABLE extra (id int)'`)
  const found = await look(client, script)
  expect(errorsIn(found)).toEqual([])
  if (!script.startsWith('BEGIN')) expect(await failure(client, script)).toBeUndefined()
})

test('nothing is written, and no transaction is left open', async () => {
  const client = await connect((await createDatabase()).url)
  await client.query(`${tables} INSERT INTO users (id, code) VALUES (1, 'x');
    CREATE FUNCTION writes(text) RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM users; RETURN 1; END'`)
  const found = await look(client, 'ALTER TABLE users ALTER code TYPE int USING writes(code)')
  expect(found).toMatchObject([{ code: 'not-checkable' }])
  const { rows } = await client.query(`SELECT count(*)::int AS n, pg_current_xact_id_if_assigned() AS open FROM users`)
  expect(rows).toEqual([{ n: 1, open: null }])
})

test('transactions that hold a table for long, and prepared ones, are named', async () => {
  const { url } = await createDatabase()
  const [client, holder] = [await connect(url), await connect(url)]
  await client.query(tables)
  await holder.query(`SET application_name = 'report'; BEGIN; SELECT * FROM users`)
  await holder.query('SELECT pg_sleep(5.2)')
  const found = await inTheWay(client, { locks: new Map([['"public"."users"', 'AccessExclusive']]), rewrites: 0 })
  expect(found).toMatchObject([
    {
      code: 'blocked',
      message: expect.stringMatching(
        /^users has been held for \d+ s \(pid \d+, postgres report, idle in transaction\)/,
      ),
    },
  ])
  expect(await inTheWay(client, { locks: new Map([['"public"."users"', 'RowExclusive']]), rewrites: 0 })).toEqual([])
  const full = await inTheWay(client, { locks: new Map(), rewrites: 1e18 })
  expect(full.map(({ code }) => code)).toEqual(['disk-space'])
})

test('a table that somebody else has locked is not waited for', async () => {
  const { url } = await createDatabase()
  const [client, holder] = [await connect(url), await connect(url)]
  await client.query(`${tables} INSERT INTO users (id) VALUES (1)`)
  await holder.query('BEGIN; LOCK TABLE users')
  expect(await look(client, 'ALTER TABLE users ALTER email SET NOT NULL')).toMatchObject([
    { code: 'not-checkable', message: 'not checked: somebody else has locked what it is about' },
  ])
})
