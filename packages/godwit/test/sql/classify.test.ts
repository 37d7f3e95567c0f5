import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { classify, loadParser, PARSE_LIMIT } from '../../src/sql/classify.js'
import { parseStatement } from '../../src/sql/parser.js'
import { isPlainInsert } from '../../src/sql/plain-insert.js'
import { sessionEffects } from '../../src/sql/session.js'
import { survey } from '../../src/sql/survey.js'

beforeAll(loadParser)

test.each([
  "insert into t values (1, 'a', null, true, default, -1.5, 1e5, $$x$$, E'\\'')",
  'insert into s."t" (a, "b") values (1, 2), (3, 4)',
  "INSERT INTO t(a)VALUES('x')",
])('plain: %s', (text) => {
  expect(isPlainInsert(text)).toBe(true)
})

test.each([
  'insert into t values (f())',
  "insert into t values ('a' || set_config('a', 'b', false))",
  'insert into t values ((select 1))',
  'insert into t values (1) returning f()',
  'insert into t values (1) on conflict do nothing',
  'insert into t select 1',
  'insert into t default values',
  'insert into t as x values (1)',
  "insert into t values (U&'x')",
  "insert into t values ('a'::text)",
  "insert into t values ('a' 'b')",
  'insert into t values (a.b)',
  'insert into t values',
  'insert into t values (1',
  'with x as (select 1) insert into t values (1)',
])('not plain: %s', (text) => {
  expect(isPlainInsert(text)).toBe(false)
})

test('the lexer and the parser agree on what is plain', () => {
  const part = fc.constantFrom(
    ...[
      'insert',
      'into',
      't',
      '"t"',
      '.',
      '(',
      ')',
      'values',
      ',',
      '1',
      "'a'",
      'null',
      'default',
      '-',
      'f',
      'select',
      'returning',
      '*',
      '::',
      "E'\\''",
    ],
  )
  let plain = 0
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.boolean(), (parts, head) => {
      const text = `${head ? 'insert into t values (' : ''}${parts.join(' ')}${head ? ')' : ''}`
      const tree = isPlainInsert(text) ? parseStatement(text) : undefined
      if (tree === undefined) return
      plain++
      expect(tree.kind).toBe('InsertStmt')
      expect(sessionEffects(tree, survey(tree))).toEqual({
        leavesSession: false,
        sessionSettings: false,
        blocksResume: false,
      })
    }),
    { numRuns: 20_000 },
  )
  expect(plain).toBeGreaterThan(100)
})

test('what the parser does not know is sent as it is', () => {
  expect(classify('wobble the table')).toEqual({
    tag: 'WOBBLE',
    transaction: 'any',
    leavesSession: true,
    parsed: false,
    secrets: false,
  })
  expect(classify('')).toMatchObject({ tag: '', parsed: false })
  expect(classify('select 1\0; vacuum')).toMatchObject({ parsed: false })
  expect(classify('select 1; vacuum')).toMatchObject({ parsed: false })
})

test('a statement too large for the parser is not given to it', () => {
  const filler = 'x'.repeat(PARSE_LIMIT)
  expect(classify(`select '${filler}'`)).toMatchObject({ tag: 'SELECT', parsed: false, leavesSession: true })
  expect(classify(`insert into t values ('${filler}')`)).toMatchObject({ tag: 'INSERT', leavesSession: false })
  expect(classify(`insert into t values (f('${filler}'))`)).toMatchObject({ parsed: false, leavesSession: true })
})

test('deep nesting breaks nothing, and the parser goes on working', () => {
  for (const deep of [
    `select ${'('.repeat(200_000)}1${')'.repeat(200_000)}`,
    `select ${"'a'||".repeat(150_000)}''`,
    `select ${"'a'||".repeat(4_000)}''`,
    `select ${'not '.repeat(9_000)}true`,
  ]) {
    expect(classify(deep)).toMatchObject({ tag: 'SELECT', transaction: 'any' })
    expect(classify('vacuum')).toMatchObject({ transaction: 'never', parsed: true })
  }
})
