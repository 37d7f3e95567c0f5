import { expect, test } from 'vitest'
import { inverse } from '../../src/lint/inverse.js'
import { migrationOf } from './lint-sql.js'

const undo = async (sql: string) => inverse((await migrationOf(sql)).statements)

test('the last comes first, and what is in no text is left to people', async () => {
  expect(await undo('CREATE TABLE a (b int); ALTER TABLE a ADD COLUMN c int; INSERT INTO a VALUES (1)')).toEqual([
    '-- what undoes INSERT',
    'ALTER TABLE a DROP COLUMN c;',
    'DROP TABLE a;',
  ])
})

test('an index that became the one of a constraint goes with it', async () => {
  const sql = `CREATE UNIQUE INDEX CONCURRENTLY a_b_key ON a (b);
ALTER TABLE a ADD CONSTRAINT a_b_key UNIQUE USING INDEX a_b_key`
  expect(await undo(sql)).toEqual(['ALTER TABLE a DROP CONSTRAINT a_b_key;'])
})

test('a constraint that the statements drop again is not dropped twice', async () => {
  const sql = `ALTER TABLE a ADD CONSTRAINT a_b_is_set CHECK (b IS NOT NULL) NOT VALID;
ALTER TABLE a VALIDATE CONSTRAINT a_b_is_set;
ALTER TABLE a ALTER COLUMN b SET NOT NULL;
ALTER TABLE a DROP CONSTRAINT a_b_is_set`
  expect(await undo(sql)).toEqual(['ALTER TABLE a ALTER COLUMN b DROP NOT NULL;'])
  expect(await undo('ALTER TABLE a DROP CONSTRAINT other')).toEqual(['-- what undoes ALTER TABLE'])
})
