import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { difference, readCatalog } from '../../src/catalog/read.js'
import { writeScript } from '../../src/catalog/script/write.js'
import { createDatabase } from '../support/database.js'
import { richDatabase } from './rich-database.js'

const nothing = { schemas: [], tables: [] }

async function session(major: 15 | 18, sql = ''): Promise<pg.Client> {
  const { url } = await createDatabase(major)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  await client.query(sql)
  return client
}

async function refusal(sql: string): Promise<string> {
  const client = await session(18, sql)
  return writeScript(client, nothing).then(
    () => 'it was written',
    (error: { code: string; message: string }) => `${error.code} ${error.message}`,
  )
}

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  test('the statements of a database make it again', async () => {
    const client = await session(major, richDatabase)
    const { statements } = await writeScript(client, nothing)
    const other = await session(major)
    await other.query('BEGIN')
    for (const statement of statements) await other.query(statement)
    await other.query('COMMIT')
    expect(difference(await readCatalog(client), await readCatalog(other))).toEqual({ gone: [], made: [], changed: [] })
    expect((await writeScript(other, nothing)).statements).toEqual(statements)
  })
})

test('what PostgreSQL 18 alone has', async () => {
  const client = await session(
    18,
    `CREATE TABLE t (a int CONSTRAINT wanted NOT NULL, b int NOT NULL, c int GENERATED ALWAYS AS (a + b) VIRTUAL,
       CONSTRAINT loose CHECK (a > b) NOT ENFORCED, UNIQUE NULLS NOT DISTINCT (b))`,
  )
  const { statements } = await writeScript(client, nothing)
  expect(statements[0]).toContain('a integer CONSTRAINT wanted NOT NULL')
  expect(statements[0]).toContain('b integer NOT NULL')
  const other = await session(18, statements.join(';\n'))
  expect((await writeScript(other, nothing)).statements).toEqual(statements)
})

test('leaves schemas and tables out, with all that belongs to them', async () => {
  const client = await session(
    18,
    `CREATE SCHEMA godwit; CREATE TABLE godwit.run (id serial PRIMARY KEY); COMMENT ON TABLE godwit.run IS 'ours';
     CREATE TABLE migrations (id serial PRIMARY KEY, name text UNIQUE); CREATE INDEX ON migrations (name);
     COMMENT ON TABLE migrations IS 'history'; CREATE TABLE a (id int)`,
  )
  const leftOut = { schemas: ['godwit'], tables: [{ schema: 'public', name: 'migrations' }] }
  expect((await writeScript(client, leftOut)).statements).toEqual(['CREATE TABLE public.a (\n  id integer\n)'])
})

test.each([
  [
    'partition public.e1, partitioned table public.e',
    'CREATE TABLE e (id int) PARTITION BY RANGE (id); CREATE TABLE e1 PARTITION OF e DEFAULT',
  ],
  ['inheritance of public.a, inheritance of public.b', 'CREATE TABLE a (id int); CREATE TABLE b () INHERITS (a)'],
  [
    'policy own on public.a, row security on public.a',
    'CREATE TABLE a (id int); ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON a USING (true)',
  ],
  ['rule "none" on public.a', 'CREATE TABLE a (id int); CREATE RULE none AS ON DELETE TO a DO INSTEAD NOTHING'],
  ['range type public.r', 'CREATE TYPE r AS RANGE (subtype = int)'],
  ['aggregate public.s', 'CREATE AGGREGATE s (int) (SFUNC = int4pl, STYPE = int)'],
  ['operator public."==="', 'CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)'],
  ['collation public.c', `CREATE COLLATION c FROM "C"`],
  ['statistics public.s', 'CREATE TABLE a (x int, y int); CREATE STATISTICS s ON x, y FROM a'],
  ['text search configuration public.t', 'CREATE TEXT SEARCH CONFIGURATION t (COPY = simple)'],
  [
    'cast from public.m to integer',
    `CREATE TYPE m AS (a int); CREATE FUNCTION f(m) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE CAST (m AS int) WITH FUNCTION f(m)`,
  ],
  ['publication p', 'CREATE PUBLICATION p'],
  [
    'foreign data wrapper w, foreign server s, foreign table public.f',
    'CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE f (id int) SERVER s',
  ],
  [
    'event trigger e',
    `CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f()`,
  ],
  [
    'default of the view column id on public.v',
    'CREATE TABLE a (id int); CREATE VIEW v AS SELECT * FROM a; ALTER VIEW v ALTER id SET DEFAULT 1',
  ],
])('refuses %s', async (what, sql) => {
  expect(await refusal(sql)).toBe(
    `GODWIT_BASELINE_UNWRITABLE The database holds what Godwit cannot write as a statement: ${what}`,
  )
})
