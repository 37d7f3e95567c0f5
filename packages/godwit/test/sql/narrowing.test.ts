import pg from 'pg'
import { expect, test } from 'vitest'
import { type Narrowing, narrowedInWords, narrowing } from '../../src/sql/narrowing.js'
import { createDatabase } from '../support/database.js'

/** Types as the server prints them, each with values that are hard to keep. */
const samples: Readonly<Record<string, readonly string[]>> = {
  boolean: ['t'],
  smallint: ['-32768', '7'],
  oid: ['4294967295', '7'],
  integer: ['-2147483648', '16777217'],
  bigint: ['-9223372036854775808', '9007199254740993', '7'],
  numeric: ['1'.repeat(101), '1.23456789012345678', '7'],
  'numeric(4,0)': ['9999'],
  'numeric(8,2)': ['999999.99'],
  'numeric(2,-3)': ['-99000'],
  'numeric(20,0)': ['99999999999999999999', '7'],
  real: ['0.333333343', '3e38'],
  'double precision': ['0.30000000000000004', '3e300'],
  text: ['y'.repeat(101), 'x'],
  'character varying': ['y'.repeat(101), 'x'],
  'character varying(1)': ['é'],
  'character varying(3)': ['abc', 'ab '],
  'character varying(5)': ['abcde'],
  'character varying(100)': ['x'.repeat(100)],
  'character varying(20)': ['é'.repeat(20), '𝄞'.repeat(20)],
  'character(5)': ['abcde', 'ab'],
  'character(1)': ['é'],
  bpchar: ['ab  '],
  name: ['abcdefghijklmnop', 'ab '],
  '"char"': ['x'],
  date: ['2025-02-28', '5874897-12-31', '4714-11-24 BC'],
  'time without time zone': ['12:34:56.123456'],
  'time(3) without time zone': ['12:34:56.123'],
  'time with time zone': ['12:34:56.123456+05'],
  'timestamp without time zone': ['2025-02-28 12:34:56.123456'],
  'timestamp(3) without time zone': ['2025-02-28 12:34:56.123'],
  // An hour that comes twice.
  'timestamp with time zone': ['2025-10-26 00:30:00.123456+00', '2025-10-26 01:30:00.123456+00'],
  interval: ['400 days 12:34:56.123456'],
  'interval(2)': ['400 days 12:34:56.12'],
  'interval day': ['400 days'],
  'interval day to second': ['1 day 00:00:01.123456'],
  'interval day to second(3)': ['1 day 00:00:01.123'],
  'interval second': ['1 day 00:00:01.123456'],
  uuid: ['00000000-0000-4000-8000-000000000000'],
  json: ['{"b": 1, "a": 2, "a": 3}', '"x"'],
  jsonb: ['1.5', 'true', `"${'y'.repeat(101)}"`],
  inet: ['10.1.2.3/24'],
  cidr: ['10.1.2.0/24'],
  macaddr: ['08:00:2b:01:02:03'],
  macaddr8: ['08:00:2b:01:02:03:04:05', '08:00:2b:ff:fe:01:02:03'],
  'bit(3)': ['101'],
  'bit varying(5)': ['10101', '1'],
  path: ['[(0,0),(1,2),(3,1)]'],
  polygon: ['((0,0),(1,2),(3,1))'],
  box: ['(2,2),(0,0)'],
  'integer[]': ['{2147483647}'],
  'json[]': ['{"{\\"a\\": 1, \\"a\\": 2}"}'],
  'jsonb[]': ['{1.5}', '{true}'],
  'smallint[]': ['{1}'],
  'numeric[]': ['{1.5}'],
}

test('is never less than what the server does', async () => {
  const { url } = await createDatabase()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query("SET timezone = 'Europe/Berlin'; SET lc_monetary = 'C'")
    const wrong: string[] = []
    for (const [from, values] of Object.entries(samples)) {
      for (const to of Object.keys(samples)) {
        const found = await onServer(client, { from, to, values })
        const told = narrowing(from, to)
        if (found === 'no cast' || found === told) continue
        // What these values show is the least; whether a text is too long depends on them.
        const isCareful = rank(told) > rank(found) && (found !== undefined || /^(?:character|bpchar|name)/.test(to))
        if (!isCareful) wrong.push(`${from} → ${to}: ${found}, told ${told}`)
      }
    }
    expect(wrong).toEqual([])
  } finally {
    await client.end()
  }
}, 120_000)

function rank(narrowing: Narrowing | undefined): number {
  return [undefined, 'fails', 'cuts'].indexOf(narrowing)
}

async function onServer(
  client: pg.Client,
  { from, to, values }: { from: string; to: string; values: readonly string[] },
): Promise<Narrowing | 'no cast' | undefined> {
  const alter = `ALTER TABLE t ALTER a TYPE ${to}`
  const outcomes: (Narrowing | 'no cast' | undefined)[] = []
  for (const value of values) {
    await client.query(`BEGIN; CREATE TEMP TABLE t (a ${from}, b ${from}) ON COMMIT DROP`)
    try {
      await client.query('INSERT INTO t VALUES ($1, $1)', [value])
      await client.query('SAVEPOINT here')
      const plain = await codeOf(client.query(alter))
      // 42804: there is no cast that need not be written.
      if (plain === '42804') await client.query('ROLLBACK TO here')
      const failed = plain === '42804' ? await codeOf(client.query(`${alter} USING a::${to}`)) : plain
      if (failed !== undefined) outcomes.push(failed === '42846' ? 'no cast' : 'fails')
      else outcomes.push(await sameAgain(client, from))
    } finally {
      await client.query('ROLLBACK')
    }
  }
  return ['no cast' as const, 'cuts' as const, 'fails' as const].find((each) => outcomes.includes(each))
}

async function sameAgain(client: pg.Client, from: string): Promise<Narrowing | undefined> {
  for (const back of [`a::${from}`, `a::text::${from}`]) {
    await client.query('SAVEPOINT back')
    const { rows } = await client
      .query<{ same: boolean }>(`SELECT (${back})::text = b::text AS same FROM t`)
      .catch(() => ({ rows: [] }))
    await client.query('ROLLBACK TO back')
    if (rows[0]?.same) return undefined
  }
  return 'cuts'
}

async function codeOf(query: Promise<unknown>): Promise<string | undefined> {
  try {
    await query
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('is told with both types, however they are written', () => {
  expect(narrowedInWords('user.a', 'TIMESTAMP(6) WITH TIME ZONE', 'date')).toBe(
    'column user.a (timestamp(6) with time zone becomes date: values are rounded or cut)',
  )
  expect(narrowedInWords('user.a', 'bigint array', 'integer array')).toContain('it fails where a value does not fit')
  expect(narrowedInWords('user.a', 'integer', 'bigint')).toBeUndefined()
})

test.each<[from: string, to: string, Narrowing | undefined]>([
  ['numeric(8,2)', 'integer', 'cuts'],
  ['numeric(8,2)', 'numeric(8,1)', 'cuts'],
  ['numeric(8,2)', 'numeric(6,2)', 'fails'],
  ['timestamp with time zone', 'date', 'cuts'],
  ['timestamp with time zone', 'timestamp without time zone', 'cuts'],
  ['timestamp without time zone', 'timestamp with time zone', undefined],
  ['timestamp(6) without time zone', 'timestamp(3) without time zone', 'cuts'],
  ['double precision', 'real', 'cuts'],
  ['bigint', 'integer', 'fails'],
  ['integer', 'bigint', undefined],
  ['text', 'character varying(20)', 'fails'],
  ['character varying(20)', 'character varying(10)', 'fails'],
  ['character varying(10)', 'text', undefined],
  ['text', 'integer', 'fails'],
  ['integer', 'text', undefined],
  ['integer', 'money', undefined],
  ['money', 'numeric(10,1)', 'cuts'],
  ['hstore', 'jsonb', undefined],
  ['json', 'jsonb', 'cuts'],
  ['character varying(15)', 'name', undefined],
  ['character varying(16)', 'name', 'cuts'],
  ['character varying(3)', 'character(5)', 'cuts'],
  ['character(3)', 'character(5)', undefined],
  ['uuid', 'character(36)', undefined],
  ['bigint', 'oid', 'fails'],
  ['date', 'timestamp with time zone', 'fails'],
])('%s → %s: %s', (from, to, expected) => {
  expect(narrowing(from, to)).toBe(expected)
})
