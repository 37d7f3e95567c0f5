import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { GodwitError } from '../../src/errors.js'
import { type FormatProject, plainClassProject } from '../contract/databases/waiting/format-project.js'
import { createDatabase } from '../support/database.js'

const more = ' void 0'
const nothingMore = more.replace(/./g, ' ')
const up = (...queries: string[]) =>
  `async up(q) { ${queries.map((query) => `await q.query('${query}');`).join(' ')}${nothingMore}}`
/** The same, which has to be called, as it does something more. */
const called = (text: string) => text.replace(`${nothingMore}}`, `${more}}`)

const see = 'insert into seen default values'
const seen = 'create table seen (n int, sent text not null default current_query())'

test('a class that only sends queries is one message with its records; one that does more is called', async () => {
  const database = await createDatabase()
  await database.query(seen)
  const plain = up('create table a ()', see)
  const classes = {
    A1700000000001: plain,
    B1700000000002: called(plain.replace('table a', 'table b')),
    C1700000000003: plain.replace('table a', 'table c'),
    D1700000000004: plain.replace('table a', 'table d'),
    E1700000000005: called(plain.replace('table a', 'table e')),
    F1700000000006: called(plain.replace('table a', 'table f')),
  }
  const { project, events } = await plainClassProject(database, classes)
  expect((await project.up()).error).toBeUndefined()
  const sent = await database.query<{ sent: string }>('select sent from seen')
  const whole =
    /^BEGIN\n;\n.*\n;\ncreate table (.) \(\)\n;\ninsert into seen default values\n;\nINSERT INTO .*\n;\n.*\n;\nCOMMIT$/is
  expect(sent.map((each) => whole.exec(each.sent)?.[1] ?? each.sent)).toEqual(['a', see, 'c', 'd', see, see])
  const steps = 'select name, outcome, mode, done, statements from godwit.step order by id'
  const done = Object.keys(classes).map((name) => ({ name, outcome: 'done', mode: 'one', done: 2, statements: [] }))
  expect(await database.query(steps)).toEqual(done)
  expect(events.flatMap((event) => (event.type === 'step-done' ? [event.statements] : []))).toEqual([2, 2, 2, 2, 2, 2])
})

interface Failed {
  error: Pick<GodwitError, 'code' | 'message' | 'hint' | 'exitCode'> & { details: object }
  states: string[]
  tables: unknown[]
  journal: unknown[]
}

/** How a run of two classes fails whose second is this one. */
async function failing(text: string, options = {}, between = async (_: FormatProject) => {}): Promise<Failed> {
  const database = await createDatabase()
  await database.query('create table parent (id int primary key)')
  const classes = { A1700000000001: up('create table a ()'), B1700000000002: text }
  const opened = await plainClassProject(database, classes, options)
  await between(opened)
  const { error } = await opened.project.up()
  const { code, message, hint, exitCode, details } = error ?? expect.unreachable()
  const { cause: _, ...told } = JSON.parse(
    JSON.stringify(details).replaceAll(opened.folder, '.').replaceAll(more, nothingMore),
  )
  return {
    error: { code, message, hint, exitCode, details: told },
    states: await opened.states(),
    tables: await database.query(
      `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
    ),
    journal: await database.query('select name, outcome, mode, done, error from godwit.step order by id'),
  }
}

test.each([
  [
    'a query that the server refuses',
    up('create table b ()', 'drop table gone', 'create table c ()'),
    'drop table gone',
  ],
  ['a text that does not parse', up('create table b ()', 'create tabel c ()'), 'create tabel c ()'],
  ['the first query', up('drop table gone', 'create table c ()'), 'drop table gone'],
  [
    'behind characters beyond the first plane',
    up('comment on table parent is $$𝄞𝄞𝄞𝄞$$', 'insert into gone values (1)'),
    'insert into gone values (1)',
  ],
  [
    'what the COMMIT refuses',
    up('create table b (p int references parent deferrable initially deferred)', 'insert into b values (1)'),
    undefined,
  ],
])('%s: told as if the class had been called', async (_what, text, statement) => {
  const known = await failing(text)
  expect(known.error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', details: { left: 'nothing' } })
  expect((known.error.details as { statement?: string }).statement).toBe(statement)
  if (statement !== undefined) expect(known.error.details).toMatchObject({ line: 1, column: expect.any(Number) })
  expect(known.states).toEqual(['A1700000000001 applied', 'B1700000000002 pending'])
  expect(known.tables).not.toContainEqual({ relname: 'b' })
  expect(known).toEqual(await failing(called(text)))
})

test.each([
  ['a setting of the session', 'set application_name = mine', 'select 1'],
  ['two statements in one query', 'create table b (); create table c ()', 'select 1'],
  ['a transaction of its own', 'commit', 'begin'],
  ['an isolation level', 'select 1', 'set transaction read only'],
  ['no statement', '-- nothing', 'select 1'],
  [
    'how texts are read',
    'set local standard_conforming_strings = off',
    "insert into seen values (1, 'a\\\\tb')".replaceAll("'", "\\'"),
  ],
  [
    'in which encoding',
    'set local client_encoding = latin1'.replaceAll("'", "\\'"),
    "insert into seen values (1, 'é')".replaceAll("'", "\\'"),
  ],
  ['a byte order mark', '\ufeffcreate table b ()', 'create table c ()'],
  ['what the server cannot read', 'drop table gone', "insert into seen values (1, E'\\\\xff')".replaceAll("'", "\\'")],
])('%s: it is called', async (_what, ...queries) => {
  const text = up(...queries, see)
  const outcomes = [text, called(text)].map(async (each) => {
    const database = await createDatabase()
    await database.query(seen)
    const { project, states } = await plainClassProject(database, { A1700000000001: each })
    const { error } = await project.up()
    const sent = await database.query('select sent from seen')
    return { code: error?.code, message: error?.message, states: await states(), sent }
  })
  const [known, usual] = await Promise.all(outcomes)
  expect(known).toEqual(usual)
})

test('the lease is gone by then: the first stays applied, the second is shut out', async () => {
  const database = await createDatabase()
  const { project, states } = await plainClassProject(database, {
    A1700000000001: up('create table a ()', 'update godwit.lease set fence = fence + 100'),
    B1700000000002: up('create table b ()'),
  })
  expect((await project.up()).error?.code).toBe('GODWIT_LEASE_LOST')
  expect(await states()).toEqual(['A1700000000001 applied', 'B1700000000002 pending'])
  expect(await database.query(`select to_regclass('b') as b`)).toEqual([{ b: null }])
})

test('TypeORM sees the queries where the data source wants them told', async () => {
  const database = await createDatabase()
  await database.query(seen)
  const { folder, again } = await plainClassProject(database, { A1700000000001: up('create table a ()', see) })
  writeFileSync(
    join(folder, 'data-source.js'),
    `const { DataSource } = require('typeorm')
exports.source = new DataSource({ type: 'postgres', logging: ['query'], migrations: [__dirname + '/migrations/*.js'] })`,
  )
  expect((await (await again()).project.up()).error).toBeUndefined()
  expect(await database.query('select sent from seen')).toEqual([{ sent: see }])
})

// The last one stays for whatever this process loads.
test.each([
  [
    'the data source',
    (text: string) => `const create = exports.source.createQueryRunner
exports.source.createQueryRunner = function (mode) {
  const runner = create.call(this, mode)
  const { query } = runner
  runner.query = (sql, ...more) => query.call(runner, ${text}, ...more)
  return runner
}`,
  ],
  [
    "TypeORM's query runner",
    (text: string) => `const { PostgresQueryRunner } = require('typeorm/driver/postgres/PostgresQueryRunner')
const { query } = PostgresQueryRunner.prototype
PostgresQueryRunner.prototype.query = function (sql, ...more) { return query.call(this, ${text}, ...more) }`,
  ],
])('what a project puts before the queries of %s is not passed by', async (_what, wrapping) => {
  const database = await createDatabase()
  const { folder, project } = await plainClassProject(database, { A1700000000001: up('create table __a ()') })
  const source = join(folder, 'data-source.js')
  const own = readFileSync(source, 'utf8')
  writeFileSync(source, `${own}\n${wrapping("sql.replace('__', 'tenant_')")}`)
  expect((await project.up()).error).toBeUndefined()
  const tables = `select relname from pg_class where relname in ('__a', 'tenant_a')`
  expect(await database.query(tables)).toEqual([{ relname: 'tenant_a' }])
})
