import { beforeAll, describe, expect, test } from 'vitest'
import type { LoadedStep } from '../../../src/databases/contract.js'
import { type CompiledScript, compileScript } from '../../../src/databases/postgres/compile.js'
import { compareAnchors } from '../../../src/databases/postgres/recover/anchor.js'
import { checkResumable } from '../../../src/databases/postgres/recover/check.js'
import { settingsToReplay } from '../../../src/databases/postgres/recover/replay.js'
import type { OpenStep } from '../../../src/engine/migration.js'
import { loadParser } from '../../../src/sql/classify.js'

beforeAll(loadParser)

describe('settings that are made again', () => {
  test.each([
    ['set a.b = 1; select 1; reset work_mem', ['set a.b = 1', 'reset work_mem']],
    ['set local a.b = 1; create table t ()', []],
    ['begin; set a.b = 1; commit; set a.c = 2', ['set a.b = 1', 'set a.c = 2']],
    ['begin; set a.b = 1; rollback', []],
    ['begin; set a.b = 1; savepoint s; set a.c = 2; rollback to s; commit', ['set a.b = 1']],
    ['begin; set a.b = 1; rollback and chain; set a.c = 2; commit', ['set a.c = 2']],
    ['set a.b = 1; discard all; set a.c = 2', ['set a.c = 2']],
    ['begin; set a.b = 1', []],
  ])('%s', async (text, settings) => {
    const { statements } = await compiled(text)
    expect(settingsToReplay(statements).map((statement) => statement.text)).toEqual(settings)
  })
})

describe('whether a script can be gone on with', () => {
  const was = 'create table a (); vacuum; create table c ()'

  test.each([
    ['as it was', was, 2, undefined],
    ['with another end', 'create table a (); vacuum; select 1; select 2', 2, undefined],
    ['without its end', 'create table a (); vacuum', 2, undefined],
    ['with other comments', '-- new\ncreate table a ();\n\n/* here */ vacuum;', 2, undefined],
    ['with another statement that is done', 'create table b (); vacuum', 2, 1],
    ['without one that is done', 'create table a ()', 2, 2],
    ['with one more before', 'select 1; create table a (); vacuum', 2, 1],
    ['with another statement in the place of one that was under way', 'create table a (); vacuum full', 1, 2],
    ['without the one that was under way', 'create table a ()', 1, 2],
    ['with another one in the place of one that was never sent', 'create table a (); vacuum; select 1', 2, undefined],
  ])('%s', async (_, is, done, statement) => {
    const marks = (await compiled(was)).statements.map(({ mark, class: { transaction } }) => {
      return transaction === 'never' ? { ...mark, apart: true } : mark
    })
    const open = { ...began, done, checkpoint: { mode: 'none', hash: 'sql:was', statements: marks } }
    const check = async () => checkResumable(step('sql:is'), open, await compiled(is))
    if (statement === undefined) await expect(check()).resolves.toBeUndefined()
    else
      await expect(check()).rejects.toMatchObject({
        code: 'GODWIT_RESUME_EDITED',
        message: expect.stringContaining(`its statement ${statement},`),
      })
  })

  test('a large script, of which the journal knows the first statements only, when its file is the same', async () => {
    const script = await compiled(was)
    const open = { ...began, done: 2, checkpoint: { mode: 'none', hash: 'sql:was', statements: [] } }
    expect(() => checkResumable(step('sql:was'), open, script)).not.toThrow()
    expect(() => checkResumable(step('sql:is'), open, script)).toThrow(/its statement 1,/)
    // The hash is that of the way up.
    expect(() => checkResumable({ ...step('sql:was'), direction: 'down' }, open, script)).toThrow(/its statement 1,/)
  })
})

test.each([
  ['1/2/3', '1/2/3', 'same'],
  ['1/2/3', '1/2/4', 'another history'],
  ['1/2/3', '1/5/3', 'another database'],
  ['9/2/3', '1/2/3', 'another database'],
  ['1/5/4', '1/2/3', 'another database'],
  ['-/2/3', '1/2/3', 'same'],
  ['1/2/3', '-/2/3', 'same'],
  ['-/2/3', '-/2/4', 'another history'],
])('anchors %s and %s: %s', (before, now, is) => {
  expect(compareAnchors(before, now)).toBe(is)
})

const began: OpenStep = { name: '1_a', direction: 'up', done: 0, error: null, startedAt: new Date(0) }

function step(hash: string): LoadedStep {
  const file = { name: '1_a', file: '/1_a.sql', sortKey: '1_a', hash, reversible: true }
  return { name: '1_a', direction: 'up', file, body: { kind: 'function', transaction: true, run: async () => {} } }
}

async function compiled(text: string): Promise<CompiledScript> {
  async function* read() {
    yield text
  }
  return compileScript({ file: '/1_a.sql', bytes: text.length, read }, '1_a')
}
