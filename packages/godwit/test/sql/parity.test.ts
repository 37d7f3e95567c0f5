import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { loadModule, parseSync } from 'libpg-query'
import { beforeAll, expect, test } from 'vitest'
import { splitScript } from '../../src/sql/split.js'

beforeAll(loadModule)

interface Range {
  from: number
  to: number
}

/** Where PostgreSQL's own grammar sees statements, in bytes; nothing when it rejects the script. */
function parserRanges(script: string): Range[] | undefined {
  if (script.includes('\0')) return undefined
  try {
    const length = Buffer.byteLength(script)
    return (parseSync(script).stmts ?? []).map(({ stmt_location = 0, stmt_len = 0 }) => ({
      from: stmt_location,
      to: stmt_len === 0 ? length : stmt_location + stmt_len,
    }))
  } catch {
    return undefined
  }
}

function ourRanges(script: string): Range[] {
  return splitScript(script).map((item) => {
    if (item.kind !== 'statement') throw new Error(`unexpected ${item.kind}`)
    const { offset, text } = item.statement
    const from = Buffer.byteLength(script.slice(0, offset))
    return { from, to: from + Buffer.byteLength(text) }
  })
}

/** The parser's range takes in the comments and white space around the statement; ours does not. */
function expectParity(script: string): boolean {
  const theirs = parserRanges(script)
  if (theirs === undefined) return false
  const ours = ourRanges(script)
  const described = JSON.stringify({ script, ours, theirs })
  expect(ours.length, described).toBe(theirs.length)
  for (const [index, { from, to }] of ours.entries()) {
    expect(from, described).toBeGreaterThanOrEqual(theirs[index]?.from ?? Number.NaN)
    expect(to, described).toBeLessThanOrEqual(theirs[index]?.to ?? Number.NaN)
  }
  return true
}

const folder = join(import.meta.dirname, 'golden')
const accepted = [
  'bodies',
  'outside-transaction',
  'enum-value',
  'own-transactions',
  'session',
  'losses',
  'outward',
  'impossible',
]

test.each(accepted)('the script %s has the statements that the parser sees', (name) => {
  expect(expectParity(readFileSync(join(folder, `${name}.sql`), 'utf8'))).toBe(true)
})

test('there is no golden script that the test above forgets', () => {
  const others = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .filter((file) => parserRanges(readFileSync(join(folder, file), 'utf8')) !== undefined)
  expect(others.map((file) => file.replace('.sql', '')).sort()).toEqual([...accepted].sort())
})

const literal = fc.constantFrom(
  "'a;b'",
  "'it''s'",
  "'\\'",
  "E'\\';'",
  "E'a\\\\'",
  "'a'\n';'",
  "E'a'\n'\\';'",
  '$$;$$',
  '$q$ $$;$$ $q$',
  "U&'\\0041;'",
  "B'1'",
  "N';'",
  '1',
  '1.5',
  '$1',
  '(select 1)',
  'case when true then 1 end',
  '"end"',
  't.end',
  'a$b',
  'é',
  "'😀;'",
  '-1',
  '1 - -1',
  '2 */* ; */ 3',
  "'x' || 'y'",
  '1 /* /* ; */ */',
  '1 -- ;\n',
)
const statement = fc.oneof(
  fc.tuple(literal, literal).map(([a, b]) => `select ${a}, ${b}`),
  fc.tuple(literal, literal).map(([a, b]) => `insert into t values (${a}), (${b})`),
  literal.map((a) => `create function f() returns int begin atomic select ${a}; select ${a} as end; end`),
  literal.map((a) => `create rule r as on insert to t do (select ${a}; notify x)`),
  fc.constantFrom('begin', 'end', 'do $a$ begin; end $a$', 'create procedure case_end() begin atomic end', ''),
)
const gap = fc.constantFrom(';', ';\n', '; -- ; \n', ';/* ; /* */ */', '\r\n;;')

test('scripts that the parser accepts are split as it does', () => {
  let compared = 0
  fc.assert(
    fc.property(fc.array(fc.tuple(statement, gap), { maxLength: 8 }), (parts) => {
      if (expectParity(parts.map((part) => part.join('')).join(''))) compared++
    }),
    { numRuns: 3_000 },
  )
  expect(compared).toBeGreaterThan(500)
})
