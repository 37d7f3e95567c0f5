import { once } from 'node:events'
import fc from 'fast-check'
import pg from 'pg'
import copyStreams from 'pg-copy-streams'
import { expect, onTestFinished, test } from 'vitest'
import { textFor, unescaped } from '../../../../src/databases/postgres/seeding/copy-text.js'
import { keyLines } from '../../../../src/databases/postgres/seeding/key-lines.js'
import { type SeedTable, seedTables } from '../../../../src/databases/postgres/seeding/table.js'
import { createDatabase } from '../../../support/database.js'

const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((value) => value.replaceAll('\0', ''))
const nullable = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null })
const int = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })
const awkward = fc.constantFrom(
  '\\',
  '\\N',
  '\\.',
  '\t',
  '\n',
  '\r\n',
  '"',
  '{}',
  '{"a":1}',
  'NULL',
  ' a ',
  "''",
  '😀\\t',
)
// The driver's own year of four digits is not tried: pg cannot read back what lies beyond.
const dates = fc.date({
  min: new Date('0001-01-02T00:00:00Z'),
  max: new Date('9999-12-30T00:00:00Z'),
  noInvalidDate: true,
})

/** A column of each type, with what can be given for it. */
const columns: Record<string, [type: string, values: fc.Arbitrary<unknown>]> = {
  int4: ['integer', nullable(int(32))],
  int8: ['bigint', nullable(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))],
  float8: ['double precision', nullable(fc.double())],
  numeric: [
    'numeric',
    nullable(fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.bigInt().map(String))),
  ],
  bool: ['boolean', nullable(fc.boolean())],
  text: ['text', nullable(fc.oneof(text, awkward))],
  bytea: ['bytea', nullable(fc.uint8Array({ maxLength: 40 }))],
  timestamptz: ['timestamptz', nullable(dates)],
  timestamp: ['timestamp', nullable(dates)],
  date: ['date', nullable(dates)],
  jsonb: [
    'jsonb',
    nullable(
      fc
        .oneof(fc.jsonValue({ noUnicodeString: false }), awkward)
        .filter((v) => v !== null && !JSON.stringify(v).includes('\\u0000'))
        .map(jsonGiven),
    ),
  ],
  json: [
    'json',
    nullable(
      fc.dictionary(fc.string({ maxLength: 3 }), fc.integer()).filter((v) => !JSON.stringify(v).includes('\\u0000')),
    ),
  ],
  texts: ['text[]', nullable(fc.array(nullable(fc.oneof(text, awkward)), { maxLength: 4 }))],
  ints: ['integer[]', nullable(fc.array(nullable(int(32)), { maxLength: 4 }))],
  jsonbs: [
    'jsonb[]',
    nullable(fc.array(fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(fc.integer(), awkward)), { maxLength: 3 })),
  ],
  days: ['date[]', nullable(fc.array(dates, { maxLength: 3 }))],
}

// A text for JSON is JSON, as pg takes it.
function jsonGiven(value: unknown): unknown {
  return typeof value === 'string' ? JSON.stringify(value) : value
}

test('what COPY is given is what pg would have written', { timeout: 180_000 }, async () => {
  const { url } = await createDatabase()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  const names = Object.keys(columns)
  const list = names.map((name) => `"${name}"`).join(', ')
  await client.query(
    `create table copied (row int, ${names.map((name) => `"${name}" ${columns[name]?.[0]}`).join(', ')})`,
  )
  await client.query('create table given (like copied)')
  const table = (await seedTables(client, ['copied'])).get('copied') as SeedTable
  const texts = names.map((name) => textFor(table.columns.find((column) => column.name === name) as never))
  const row = fc.record(Object.fromEntries(names.map((name) => [name, columns[name]?.[1] as fc.Arbitrary<unknown>])))
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (rows) => {
      await client.query('truncate copied, given')
      const copy = client.query(copyStreams.from(`copy copied (row, ${list}) from stdin`))
      for (const [i, each] of rows.entries())
        copy.write(`${[i, ...names.map((name, n) => texts[n]?.(each[name]))].join('\t')}\n`)
      copy.end()
      await once(copy, 'finish')
      const insert = `insert into given (row, ${list}) values ($1, ${names.map((_, i) => `$${i + 2}`).join(', ')})`
      for (const [i, each] of rows.entries())
        await client.query(insert, [i, ...names.map((name) => asPgTakesIt(name, each[name]))])
      const same = names.map((name) => `(c."${name}"::text is not distinct from g."${name}"::text) as "${name}"`)
      const found = await client.query(`select ${same.join(', ')} from copied c join given g using (row) order by row`)
      expect(found.rows).toEqual(rows.map(() => Object.fromEntries(names.map((name) => [name, true]))))
    }),
    { numRuns: 25 },
  )
})

// What pg itself writes in another way than the column wants it.
function asPgTakesIt(name: string, value: unknown): unknown {
  if (value === null) return null
  if (name === 'jsonb' && typeof value !== 'string') return JSON.stringify(value)
  if (name === 'timestamptz') return (value as Date).toISOString()
  return value
}

test('fields and keys come back as they were', () => {
  const column = {
    name: 'a',
    type: 'text',
    base: 'text',
    array: false,
    comparable: true,
    identity: null,
    generated: false,
    sequence: null,
  }
  fc.assert(
    fc.property(fc.oneof(fc.string(), awkward), (value) => {
      expect(unescaped(textFor(column)(value))).toBe(value)
    }),
  )
  const table = { columns: [column] } as unknown as SeedTable
  expect(keyLines(table, ['a'], [{ a: 'x\ty' }, { a: 'z' }])).toEqual({ keys: 'x\\ty\nz\n', rows: 2 })
})
