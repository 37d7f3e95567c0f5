import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import pg from 'pg'
import { beforeAll, expect, inject, test } from 'vitest'
import { classifyParsed, classifyPlain, loadParser } from '../../src/sql/classify.js'
import { notNames, notOperands } from '../../src/sql/keywords.js'
import { plainDdl } from '../../src/sql/plain-ddl.js'
import { splitScript } from '../../src/sql/split.js'
import { tokens } from '../../src/sql/tokens.js'
import { plainStatements, unusualStatements } from './plain-statements.js'

beforeAll(loadParser)

/** Whether it was recognised; then the parser accepts it and says the same of it, field by field. */
function compare(text: string): boolean {
  const plain = classifyPlain(text)
  if (plain === undefined) return false
  expect(plain, text).toStrictEqual(classifyParsed(text))
  expect(plain.parsed, text).toBe(true)
  return true
}

test.each(plainStatements)('plain: %s', (text) => {
  expect(plainDdl(text)).toBeDefined()
  compare(text)
})

test.each(unusualStatements)('not plain: %s', (text) => {
  expect(plainDdl(text)).toBeUndefined()
})

test('names in losses are read as the server reads them', () => {
  expect(plainDdl('DROP TABLE Users, "Or""der", S."É"')?.destroys).toEqual(['table users', 'table Or"der', 'table s.É'])
  expect(plainDdl('alter table S.T drop A, drop column if exists "B" cascade')?.destroys).toEqual([
    'column s.t.a',
    'column s.t.B',
  ])
})

const root = join(import.meta.dirname, '../../../..')

/** Every text in the tests and the examples that may be SQL, by statement. */
function* corpus(): Generator<string> {
  for (const folder of ['packages/godwit/test', 'examples', 'packages/godwit/src/formats/templates']) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(sql|[cm]?[jt]s)$/.test(file) || file.includes('node_modules')) continue
      const text = readFileSync(join(root, folder, file), 'utf8')
      if (file.endsWith('.sql')) yield* statements(text)
      else
        for (const [, ...quoted] of text.matchAll(/`([^`]*)`|"([^"\n]*)"|'((?:[^'\\\n]|\\.)*)'/g))
          yield* statements(quoted.find((each) => each !== undefined)?.replaceAll("\\'", "'") ?? '')
    }
  }
}

function statements(text: string): string[] {
  try {
    return splitScript(text).flatMap((item) => (item.kind === 'statement' ? [item.statement.text] : []))
  } catch {
    return []
  }
}

test('of the statements in the tests and examples, those that are plain are what the parser says', () => {
  const all = new Set(corpus())
  let plain = 0
  for (const text of all) if (compare(text)) plain++
  expect(all.size).toBeGreaterThan(3_000)
  expect(plain).toBeGreaterThan(300)
}, 300_000)

const unusual = fc.constantFrom(
  ...(
    "CONCURRENTLY|TEMP|TEMPORARY|UNLOGGED|pg_temp.|pg_temp|\"pg_temp\".x|f()|now()|pg_read_file('x')|dblink('x')|-- c\n|" +
    "/* c */|/*|*/|'|\"|;|'x'|E'\\''|U&\"a\"|U&'a'|N'a'|B'1'|$$|$a$x$a$|$1|(|)|[|]|,|.|..|:|::|:=|=|<|>|<>|!=|-|+|--|~|@|#|%|^|" +
    '&|?|*|/|1|1.|.5|1.5|1e5|1a|0x1F|1_0|999999999999|1.5.5|a|A|"A"|"a b"|""|\\|\0|é|\u212a|K|\u00a0|PARTITION OF|PARTITION BY|' +
    'INHERITS (p)|AS SELECT 1|LIKE|EXECUTE|IF NOT EXISTS|IF EXISTS|IF|NOT|NULL|NULLS|FIRST|DEFAULT|CHECK|UNIQUE|PRIMARY KEY|' +
    'REFERENCES|ON DELETE|ON UPDATE CASCADE|SET NULL|GENERATED ALWAYS AS IDENTITY|GENERATED ALWAYS AS (1) STORED|COLLATE "C"|' +
    'DEFERRABLE|NOT DEFERRABLE|INITIALLY DEFERRED|NOT VALID|NO INHERIT|USING|WITH|WITHOUT|TIME|ZONE|FORMAT|JSON|UESCAPE|' +
    'INCLUDE (a)|WHERE|ONLY|CASCADE|RESTRICT|TO|IN|BETWEEN|AND|OR|IS|ISNULL|double|precision|int|interval|year|varying|' +
    'char|array|setof|values|row|current_timestamp|user|TABLESPACE x|MATCH FULL|exclude|storage|compression|options|enable|' +
    'validate constraint a|owner to x|set schema x|add value|attach partition p|detach partition p concurrently'
  ).split('|'),
)

/** A plain statement with some of its tokens left out, doubled, swapped, or something put between them. */
const mutated = fc
  .tuple(
    fc.constantFrom(...plainStatements),
    fc.array(
      fc.tuple(fc.constantFrom('drop', 'double', 'swap', 'insert', 'replace', 'glue'), fc.nat(), fc.nat(), unusual),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  )
  .map(([text, changes]) => {
    const parts = [...tokens(text)].map((token) => token.text)
    for (const [change, first, second, word] of changes) {
      const at = first % Math.max(parts.length, 1)
      const other = second % Math.max(parts.length, 1)
      if (change === 'drop') parts.splice(at, 1)
      else if (change === 'double') parts.splice(at, 0, parts[other] ?? '')
      else if (change === 'swap') [parts[at], parts[other]] = [parts[other] ?? '', parts[at] ?? '']
      else if (change === 'insert') parts.splice(at, 0, word)
      else if (change === 'replace') parts[at] = word
      else parts.splice(at, 2, `${parts[at] ?? ''}${parts[at + 1] ?? ''}`)
    }
    return parts.join(' ')
  })

test('a mutated statement is recognised only where the parser says the same of it', () => {
  let [plain, others] = [0, 0]
  const runs = Number(process.env.GODWIT_FUZZ_RUNS ?? 20_000)
  fc.assert(
    fc.property(mutated, (text) => {
      if (compare(text)) plain++
      else others++
    }),
    { numRuns: runs },
  )
  expect(plain).toBeGreaterThan(runs / 50)
  expect(others).toBeGreaterThan(runs / 5)
}, 600_000)

test('key words are those of the server', async () => {
  const client = new pg.Client(inject('servers').pg18)
  await client.connect()
  const { rows } = await client.query<{ word: string; catcode: string }>('SELECT word, catcode FROM pg_get_keywords()')
  await client.end()
  for (const { word, catcode } of rows) {
    const joined = ['format', 'nulls', 'uescape', 'without'].includes(word)
    expect(notNames.has(word), word).toBe('RT'.includes(catcode) || joined)
    expect(notOperands.has(word), word).toBe('RTC'.includes(catcode) || joined)
    // A word in each place where a statement has a name of its own.
    for (const text of [
      `create table ${word} (${word} int, constraint ${word} unique (${word}))`,
      `create table a.${word} (a ${word}, b ${word}(1), c ${word}[], d ${word}.a, e a.${word})`,
      `create table t (${word} json, ${word} time, ${word} text, ${word} "first", check (${word} > ${word}.${word}))`,
      `create index ${word} on ${word} using ${word} (${word}, a ${word}, a ${word} desc, lower(${word})) where ${word}`,
      `alter table ${word} add ${word} int, drop ${word}, alter ${word} type ${word}, drop constraint ${word}`,
      `alter table t add ${word} ${word}`,
      `alter table t rename ${word} to ${word}`,
      `drop table ${word}, ${word}.${word} cascade`,
      `comment on column ${word}.${word} is null`,
      `create type ${word} as enum ('a')`,
    ])
      compare(text)
  }
})
