import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ScriptError, type ScriptItem, ScriptReader, splitScript } from '../../src/sql/split.js'

const golden = join(import.meta.dirname, 'golden')
const scripts = readdirSync(golden)
  .filter((file) => file.endsWith('.sql'))
  .map((file) => readFileSync(join(golden, file), 'utf8'))

/** COPY data may come in other pieces: joined, it is the same. */
function joined(items: ScriptItem[]): ScriptItem[] {
  const result: ScriptItem[] = []
  for (const item of items) {
    const last = result.at(-1)
    if (item.kind === 'copy-data' && last?.kind === 'copy-data') last.text += item.text
    else result.push({ ...item })
  }
  return result
}

function splitAt(text: string, cuts: number[]): ScriptItem[] {
  const reader = new ScriptReader()
  const items: ScriptItem[] = []
  let from = 0
  for (const cut of [...cuts, text.length]) {
    items.push(...reader.push(text.slice(from, cut)))
    from = cut
  }
  items.push(...reader.end())
  return joined(items)
}

function outcome(run: () => ScriptItem[]): unknown {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    return { message: error.message, offset: error.offset, line: error.line, column: error.column }
  }
}

function texts(script: string): string[] {
  return splitScript(script).flatMap((item) => (item.kind === 'statement' ? [item.statement.text] : []))
}

/** Scripts made of the pieces that matter to a lexer, well formed or not. */
const soup = fc
  .array(
    fc.constantFrom(
      ...[
        "'",
        '"',
        '$$',
        '$a$',
        '$',
        '$1',
        '\\',
        '\\.',
        '\n',
        '\r\n',
        ' ',
        ';',
        '(',
        ')',
        '--',
        '/*',
        '*/',
        '-',
        '/',
        '*',
      ],
      ...["E'", 'e', "U&'", 'a', 'é', '😀', '.', '1', 'select', 'begin atomic', 'end', 'case', 'as', '\ufeff'],
      ...[
        'create function',
        'create or replace procedure',
        'copy t from stdin',
        'copy t from stdin;\n',
        '\n\\.\n',
        '\\restrict x\n',
      ],
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

describe('cut anywhere, it is the same script', () => {
  test.each(scripts)('into single units (%#)', (script) => {
    const cuts = Array.from({ length: script.length }, (_, index) => index)
    expect(splitAt(script, cuts)).toEqual(splitScript(script))
  })

  test('two pieces of anything', () => {
    fc.assert(
      fc.property(soup, fc.nat(), (script, at) => {
        const cut = at % (script.length + 1)
        expect(outcome(() => splitAt(script, [cut]))).toEqual(outcome(() => splitAt(script, [])))
      }),
      { numRuns: 5_000 },
    )
  })

  test('many pieces of anything', () => {
    fc.assert(
      fc.property(soup, fc.array(fc.nat(120)), (script, at) => {
        const cuts = at.filter((cut) => cut < script.length).sort((a, b) => a - b)
        expect(outcome(() => splitAt(script, cuts))).toEqual(outcome(() => splitAt(script, [])))
      }),
      { numRuns: 5_000 },
    )
  })
})

const piece = fc.constantFrom(
  'select 1',
  "insert into t values ('a;''b', E'\\';')",
  'create function f() returns int language sql begin atomic select case when true then 1 end; end',
  'do $x$ begin ; $$ ; $$ end $x$',
  'create rule r as on insert to t do (select 1; select 2)',
  'create table "a;b" (x int /* ; */ -- ;\n )',
)
const between = fc.constantFrom(';', ' ;\n', ';-- ; note\n', ';/* ; */', ' -- note\n;', ';;\r\n')

test('joining statements loses none', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, between), { maxLength: 12 }), (parts) => {
      const script = parts.map((part) => part.join('')).join('')
      expect(texts(script)).toEqual(parts.map(([text]) => text))
    }),
  )
})

test('each statement stands where it says', () => {
  fc.assert(
    fc.property(soup, (script) => {
      let items: ScriptItem[] = []
      try {
        items = splitScript(script)
      } catch {
        return
      }
      for (const item of items) {
        if (item.kind !== 'statement') continue
        const { text, offset, line, column } = item.statement
        expect(script.slice(offset, offset + text.length)).toBe(text)
        expect(text).toBe(text.replace(/^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g, ''))
        const before = script.slice(script.startsWith('\ufeff') ? 1 : 0, offset)
        expect(line).toBe(before.split('\n').length)
        expect(column).toBe(before.length - before.lastIndexOf('\n'))
      }
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ["select 1;\n  select 'abc", 'string', 2, 10],
  ["select E'abc\\'", 'string', 1, 8],
  ['select "abc', 'name', 1, 8],
  ['\ufeffselect $a$ $b$', 'dollar', 1, 8],
  ['select 1; /* a /* b */', 'comment', 1, 11],
  ['\ncopy t from stdin;\n1\n', 'COPY', 2, 1],
  ['copy t from stdin;', 'COPY', 1, 1],
  ['copy t from stdin; select 1;\n\\.\n', 'same line', 1, 20],
  ['s\0e\0l\0', 'NUL', 1, 2],
])('refuses %j', (script, about, line, column) => {
  for (const cuts of [[], Array.from({ length: script.length }, (_, index) => index)]) {
    expect(outcome(() => splitAt(script, cuts))).toEqual({
      message: expect.stringContaining(about),
      offset: expect.any(Number),
      line,
      column,
    })
  }
})

test.each([
  ['', []],
  ['-- nothing\n/* at all */ ;;', []],
  ['select 1', ['select 1']],
  ['select 1 -- end', ['select 1']],
  ['-- a\rselect 1', ['select 1']],
  ['select (1;\nselect 2', ['select (1;\nselect 2']],
  ['create table begin (atomic int); select 1', ['create table begin (atomic int)', 'select 1']],
  [
    'create function f() begin atomic; end; end; select 1',
    ['create function f() begin atomic; end', 'end', 'select 1'],
  ],
  [
    'create function atomic() returns int return 1; select 1',
    ['create function atomic() returns int return 1', 'select 1'],
  ],
  ['select $1; select $a; select 1$$;$$', ['select $1', 'select $a', 'select 1$$;$$']],
])('splits %j', (script, expected) => {
  expect(texts(script)).toEqual(expected)
})

test('COPY data is never cut inside a character', () => {
  const reader = new ScriptReader()
  const items = [...'copy t from stdin;\n'].flatMap((each) => reader.push(each))
  for (const unit of '😀\n😀\n\\.\n'.split('')) items.push(...reader.push(unit))
  const data = items.flatMap((item) => (item.kind === 'copy-data' ? [item.text] : []))
  expect(data).toEqual(['😀', '\n', '😀', '\n'])
})

test('COPY data passes through without being kept', () => {
  const reader = new ScriptReader()
  reader.push('copy t from stdin;\n')
  const chunk = '1\t2\tsome text \\N\n'.repeat(4_000)
  for (let i = 0; i < 50; i++) {
    const passed = reader.push(chunk).reduce((sum, item) => sum + (item.kind === 'copy-data' ? item.text.length : 0), 0)
    expect(passed).toBe(chunk.length)
  }
  expect(reader.push('\\.\n')).toEqual([{ kind: 'copy-end' }])
})

test('10 MB of text are split whole and in pieces, without a statement lost', () => {
  const one = `create table t (id int, note text default 'x;''y'); -- ;\ninsert into t values ${Array.from({ length: 50 }, (_, i) => `(${i}, E'a\\';${i}')`).join(', ')};\nDO $b$ begin; end $b$;\n`
  const script = one.repeat(Math.ceil(10_000_000 / one.length))
  const whole = splitScript(script)
  expect(whole).toHaveLength(3 * Math.ceil(10_000_000 / one.length))
  const cuts = Array.from({ length: Math.ceil(script.length / 65_536) - 1 }, (_, index) => (index + 1) * 65_536)
  const last = splitAt(script, cuts)
  expect(last.length).toBe(whole.length)
  expect(last.at(-1)).toEqual(whole.at(-1))
})

test('one huge statement in small pieces takes time in proportion', () => {
  const reader = new ScriptReader()
  reader.push("select '")
  for (let i = 0; i < 20_000; i++) reader.push('some text that never ends, '.repeat(40))
  const items = reader.push("';")
  expect(items).toHaveLength(1)
})
