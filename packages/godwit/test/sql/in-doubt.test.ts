import { beforeAll, expect, test } from 'vitest'
import { loadParser } from '../../src/sql/classify.js'
import { inDoubt, indexOn, sameIndex } from '../../src/sql/in-doubt.js'

beforeAll(loadParser)

test.each([
  [
    'create index concurrently i on s.t (a)',
    { kind: 'create-index', index: 'i', table: '"s"."t"', ifNotExists: false },
  ],
  [
    'create unique index concurrently if not exists "I" on t (a)',
    { kind: 'create-index', index: 'I', table: '"t"', ifNotExists: true },
  ],
  ['create index concurrently on t (a)', { kind: 'create-index', table: '"t"', ifNotExists: false }],
  ['drop index concurrently if exists s."I"', { kind: 'drop-index', index: '"s"."I"' }],
  ['reindex index concurrently i', { kind: 'reindex', of: 'index', name: '"i"' }],
  ['reindex (concurrently, verbose) table s.t', { kind: 'reindex', of: 'table', name: '"s"."t"' }],
  ['reindex schema concurrently s', { kind: 'reindex', of: 'schema', name: 's' }],
  ['reindex database concurrently d', { kind: 'reindex', of: 'database' }],
  ['reindex schema s', { kind: 'repeatable' }],
  ['alter table s.p detach partition p1 concurrently', { kind: 'detach', table: '"s"."p"', partition: '"p1"' }],
  ['create database d', { kind: 'create', object: 'database', name: 'd' }],
  ['drop database if exists d', { kind: 'drop', object: 'database', name: 'd' }],
  [`create tablespace s location '/x'`, { kind: 'create', object: 'tablespace', name: 's' }],
  ['drop tablespace s', { kind: 'drop', object: 'tablespace', name: 's' }],
  ['vacuum analyze t', { kind: 'repeatable' }],
  ['checkpoint', { kind: 'repeatable' }],
  [`alter system set work_mem = '1MB'`, { kind: 'repeatable' }],
  ['cluster', { kind: 'repeatable' }],
  ['call p()', { kind: 'unknown' }],
  ['do $$ begin commit; end $$', { kind: 'unknown' }],
  [`create subscription s connection 'x' publication p`, { kind: 'unknown' }],
  ['no sql at all', { kind: 'unknown' }],
])('what tells whether it was done: %s', (text, about) => {
  expect(inDoubt(text)).toEqual(about)
})

test.each([
  ['create index concurrently i on t (a)', 'CREATE INDEX ON x (a)'],
  [
    'create unique index concurrently if not exists "on" on only "s"."on" using gin (a) where b',
    'CREATE UNIQUE INDEX ON x using gin (a) where b',
  ],
  ['create /* on */ index concurrently i on t\n  (lower(a))', 'CREATE INDEX ON x (lower(a))'],
])('the same index on another table: %s', (text, other) => {
  expect(indexOn(text, 'x')).toBe(other)
})

test.each([
  ['CREATE INDEX i ON public.t USING btree (a)', 'CREATE INDEX j ON pg_temp.x USING btree (a)', true],
  [
    'CREATE INDEX i ON t USING btree (a) WHERE (b IN (1, 2))',
    'CREATE INDEX long_name ON t USING btree (a) WHERE (b IN (1, 2))',
    true,
  ],
  ['CREATE INDEX i ON t USING btree (a)', 'CREATE INDEX i ON t USING btree (b)', false],
  ['CREATE INDEX i ON t USING btree (a)', 'CREATE INDEX i ON t USING hash (a)', false],
  ['CREATE INDEX i ON t USING btree (a)', 'CREATE UNIQUE INDEX i ON t USING btree (a)', false],
  ['CREATE INDEX i ON t USING btree (a)', 'CREATE INDEX i ON t USING btree (a DESC)', false],
  ['CREATE INDEX i ON t USING btree (a) WHERE (b = 1)', 'CREATE INDEX i ON t USING btree (a) WHERE (b = 2)', false],
  ['CREATE INDEX i ON t USING btree (a)', 'CREATE INDEX i ON t USING btree (a) INCLUDE (b)', false],
  ['DROP TABLE t', 'DROP TABLE t', false],
])('%s and %s: %j', (one, other, same) => {
  expect(sameIndex(one, other)).toBe(same)
})
