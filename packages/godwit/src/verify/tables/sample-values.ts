import type { TypedColumn } from '../../databases/seeding.js'

/** Numbers of samples begin behind those that migrations give themselves. */
const FIRST = 1_000_000
const FIRST_SMALL = 30_000

/**
 * Values of a column for the row with a number, as text that the server reads; the first is what is tried first. The same number gives
 * the same value in every table, so that a foreign key that is added later finds its row.
 *
 * @param literals what the CHECK constraints of the column speak of
 * @returns empty: nothing is known of its type
 */
export function sampleValues(column: TypedColumn, literals: readonly string[], row: number): string[] {
  const plain = column.values === null ? plainValues(column, row) : rotated(column.values, row)
  const wanted = isNumber(column.type) ? literals.flatMap(around) : literals
  const values = [...plain.slice(0, 1), ...rotated(wanted, row), ...plain.slice(1)]
  return column.array ? values.map((value) => `{${JSON.stringify(value)}}`) : [...new Set(values)]
}

function isNumber(type: string): boolean {
  return /^(?:int\d|float\d|numeric|money)$/.test(type)
}

// A bound is met, passed and missed.
function around(literal: string): string[] {
  const number = Number(literal)
  return Number.isSafeInteger(number) ? [literal, String(number + 1), String(number - 1)] : [literal]
}

function rotated<T>(values: readonly T[], row: number): T[] {
  const start = values.length === 0 ? 0 : (row - 1) % values.length
  return [...values.slice(start), ...values.slice(0, start)]
}

const two = (row: number) => String((row % 28) + 1).padStart(2, '0')
const hex = (row: number, length: number) => row.toString(16).padStart(length, '0')

function plainValues({ name, type, length, scale }: TypedColumn, row: number): string[] {
  switch (type) {
    case 'int2':
      return [String(FIRST_SMALL + row), String(row)]
    case 'int4':
    case 'int8':
    case 'oid':
      return [String(FIRST + row), String(row)]
    case 'numeric':
      return numeric(length, scale, row)
    case 'float4':
    case 'float8':
    case 'money':
      return [`${FIRST + row}.5`, String(FIRST + row), String(row), '0.5']
    case 'bool':
      return row % 2 === 1 ? ['true', 'false'] : ['false', 'true']
    case 'uuid':
      return [`00000000-0000-4000-8000-${hex(row, 12)}`]
    case 'date':
      return [`2024-01-${two(row)}`, '2100-01-01', '1990-01-01']
    case 'timestamp':
    case 'timestamptz':
      return [`2024-01-${two(row)}T12:00:00Z`, `2100-01-${two(row)}T12:00:00Z`, `1990-01-${two(row)}T12:00:00Z`]
    case 'time':
    case 'timetz':
      return [`12:00:${two(row)}`]
    case 'interval':
      return [`${row} days`]
    case 'json':
    case 'jsonb':
      return [`{"sample": ${row}}`, '[]', '{}']
    case 'bytea':
      return [`\\x${hex(row, 8)}`, `\\x${hex(row, 64)}`]
    case 'inet':
      return [`10.0.0.${row % 250}`]
    case 'cidr':
      return [`10.0.${row % 250}.0/24`]
    case 'macaddr':
      return [`08:00:2b:00:00:${hex(row % 256, 2)}`]
    case 'bit':
    case 'varbit':
      return ['0', '1']
    case 'point':
      return [`(${row},${row})`]
    case 'xml':
      return [`<sample>${row}</sample>`]
    case 'tsvector':
    case 'tsquery':
    case 'ltree':
      return [`sample${row}`]
    case 'int4range':
    case 'int8range':
    case 'numrange':
      return [`[${row},${row + 1})`]
    case 'daterange':
    case 'tsrange':
    case 'tstzrange':
      return [`[2024-01-${two(row)},2024-01-${two(row)}]`]
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'citext':
    case 'name':
      return texts(name, length, row)
    default:
      return []
  }
}

// With all the places that it has, so that rounding is seen.
function numeric(digits: number | null, scale: number | null, row: number): string[] {
  const before = (digits ?? 10) - (scale ?? 0)
  const whole = String(before > 6 ? FIRST + row : before > 0 ? row % 10 ** before : 0)
  const places = '3'.repeat(Math.min(Math.max(scale ?? 2, 0), 10))
  return [...(places === '' ? [] : [`${whole}.${places}`]), whole, '0.5', '0']
}

/** What people put into columns of such names. */
const byName: [RegExp, (row: number) => string][] = [
  [/e_?mail/i, (row) => `sample${row}@example.com`],
  [/phone|mobile/i, (row) => `+1555000${1_000 + row}`],
  [/url|website|link/i, (row) => `https://example.com/${row}`],
  [/slug|key|code/i, (row) => `sample-${row}`],
  [/hash|token|secret|digest|checksum/i, (row) => hex(row, 64)],
]

function texts(name: string, length: number | null, row: number): string[] {
  const known = byName.flatMap(([pattern, make]) => (pattern.test(name) ? [make(row)] : []))
  const shapes = [
    ...known,
    `Sample ${row}`,
    ...byName.map(([, make]) => make(row)),
    String(row),
    hex(row, 32),
    `SAMPLE${row}`,
  ]
  const short = [row.toString(36).slice(-1), two(row), String.fromCharCode(64 + (row % 26)).repeat(2), 'US', 'USD']
  const full = length === null || length > 512 ? [] : ['x'.repeat(length - 1) + row.toString(36).slice(-1)]
  return [...shapes, ...short, ...full].filter((text) => length === null || text.length <= length)
}
