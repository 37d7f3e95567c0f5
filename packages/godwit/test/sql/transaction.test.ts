import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { classify, loadParser } from '../../src/sql/classify.js'
import { createDatabase } from '../support/database.js'

beforeAll(loadParser)

const setup = `
  create table t (id int primary key, v int);
  create index t_v on t (v);
  create table p (id int) partition by range (id);
  create table p1 partition of p for values from (0) to (10);
  create materialized view m as select 1 as id;
  create unique index m_id on m (id);
  create type e as enum ('a');
  create subscription s connection 'host=127.0.0.1 port=1 dbname=x' publication p, p3 with (connect = false, slot_name = 'x');
  alter subscription s enable;
`

/** Refused inside a transaction block, by the server's own word. */
const never = [
  'create index concurrently t_v2 on t (v)',
  'create unique index concurrently if not exists t_v3 on only t (v)',
  'drop index concurrently t_v',
  'drop index concurrently if exists nothing_here',
  'reindex table concurrently t',
  'reindex index concurrently t_v',
  'reindex (concurrently) table t',
  'reindex (verbose, concurrently on) index t_v',
  'reindex schema public',
  'reindex (verbose) schema public',
  'reindex schema concurrently public',
  'reindex database this_database',
  'reindex system this_database',
  'vacuum',
  'vacuum t',
  'vacuum (analyze, freeze) t',
  'vacuum full analyze t',
  'cluster',
  'cluster verbose',
  'create database other',
  'drop database if exists other',
  'drop database other with (force)',
  'alter database this_database set tablespace pg_default',
  'alter database this_database with tablespace pg_default',
  "create tablespace other location '/nowhere'",
  'drop tablespace if exists other',
  "alter system set work_mem = '8MB'",
  'alter system reset work_mem',
  'alter table p detach partition p1 concurrently',
  "create subscription s2 connection 'host=127.0.0.1 port=1' publication p",
  "create subscription s2 connection 'host=127.0.0.1 port=1' publication p with (create_slot)",
  'drop subscription s',
  'alter subscription s refresh publication',
  'alter subscription s set publication p2',
  'alter subscription s add publication p2',
  'alter subscription s drop publication p3 with (refresh)',
  'discard all',
  "commit prepared 'x'",
  "rollback prepared 'x'",
]

/** Look like the others and are fine inside one. */
const any = [
  'create index t_v2 on t (v)',
  'drop index t_v',
  'reindex table t',
  'reindex index t_v',
  'reindex (concurrently false) table t',
  'reindex (verbose) table t',
  'refresh materialized view concurrently m',
  'analyze',
  'analyze t',
  'analyze (verbose) t',
  'alter table p detach partition p1',
  'alter table t cluster on t_v',
  'alter database this_database set work_mem = 1024',
  'alter database this_database connection limit 10',
  "create subscription s2 connection 'host=127.0.0.1 port=1' publication p with (connect = false)",
  "create subscription s2 connection 'host=127.0.0.1 port=1' publication p with (create_slot = off, connect = 0)",
  'alter subscription s disable',
  "alter subscription s connection 'host=127.0.0.1 port=1'",
  'alter subscription s set publication p2 with (refresh = false)',
  'alter subscription s set (binary = true)',
  'discard plans',
  'discard temp',
  'discard sequences',
  'checkpoint',
  'truncate t',
  'lock table t',
  'create role somebody',
  'do $$ begin perform 1; end $$',
  'do $$ begin begin perform 1/0; exception when others then null; end; end $$',
  "do $$ begin raise notice 'commit;'; /* begin commit; */ end $$",
]

describe.each([15, 18] as const)('PostgreSQL %i', (major) => {
  test('refuses inside a transaction what we say it refuses, and nothing else', async () => {
    const database = await createDatabase(major)
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    const codes: Record<string, string> = {}
    try {
      await client.query(setup)
      for (const text of [...never, ...any]) {
        await client.query('begin')
        const sql = text.replace('this_database', database.name)
        codes[text] = await client.query(sql).then(
          () => 'ran',
          (error: pg.DatabaseError) => error.code ?? error.message,
        )
        await client.query('rollback')
      }
      await client.query(
        'alter subscription s disable; alter subscription s set (slot_name = none); drop subscription s',
      )
    } finally {
      await client.end()
    }
    expect(codes).toEqual({
      ...Object.fromEntries(never.map((text) => [text, '25001'])),
      ...Object.fromEntries(any.map((text) => [text, 'ran'])),
    })
  })

  test.each([
    'do $$ begin commit; end $$',
    'do $body$ begin if true then rollback; end if; end $body$',
    'do language plpgsql $$ begin for i in 1..2 loop commit and chain; end loop; end $$',
  ])('refuses a block that ends transactions: %s', async (text) => {
    const database = await createDatabase(major)
    await expect(database.query(`begin; ${text}`)).rejects.toMatchObject({ code: '2D000' })
    await database.query(text)
    expect(classify(text).transaction).toBe('never')
  })
})

test.each([15, 18] as const)('PostgreSQL %i refuses what no text can tell, by the same code', async (major) => {
  const database = await createDatabase(major)
  await database.query(`
    create table p (id int primary key) partition by range (id);
    create procedure commits() language plpgsql as 'begin commit; end'`)
  const cases = { 'reindex table p': '25001', 'reindex index p_pkey': '25001', 'call commits()': '2D000' }
  for (const [text, code] of Object.entries(cases)) {
    await expect(database.query(`begin; ${text}`), text).rejects.toMatchObject({ code })
    expect(classify(text).transaction).toBe('any')
  }
  await expect(database.query('begin; cluster p using p_pkey')).rejects.toMatchObject({ code: '25001' })
})

test.each(never)('never: %s', (text) => {
  expect(classify(text)).toMatchObject({ transaction: 'never', parsed: true })
})

test.each(any)('any: %s', (text) => {
  expect(classify(text)).toMatchObject({ transaction: 'any', parsed: true })
})

test.each([
  // only a server newer than 15 knows them, and refuses them when the subscription has a slot on a reachable server
  'alter subscription s set (failover = true)',
  'alter subscription s set (two_phase = false)',
])('taken for refused: %s', (text) => {
  expect(classify(text).transaction).toBe('never')
})

test.each([
  ['begin', { control: 'begin' }],
  ['start transaction isolation level serializable', { control: 'begin' }],
  ['commit', { control: 'commit' }],
  ['end work', { control: 'commit' }],
  ['commit and chain', { control: 'commit', chain: true }],
  ['commit and no chain', { control: 'commit' }],
  ['abort', { control: 'rollback' }],
  ['rollback and chain', { control: 'rollback', chain: true }],
  ['savepoint a', { control: 'savepoint' }],
  ['release a', { control: 'release' }],
  ['rollback to savepoint a', { control: 'rollback-to' }],
  ["prepare transaction 'x'", { control: 'prepare' }],
])('%s controls the transaction', (text, expected) => {
  const found = classify(text)
  expect(found.transaction).toBe('control')
  expect({ control: found.control, ...(found.chain ? { chain: true } : {}) }).toEqual(expected)
})

test('an enum value is added, or only renamed', () => {
  expect(classify("alter type e add value if not exists 'b' before 'a'").transaction).toBe('value-added')
  expect(classify("alter type e rename value 'a' to 'b'").transaction).toBe('any')
  expect(classify('alter type c add attribute b int').transaction).toBe('any')
})
