import type { Node, TypeName } from 'libpg-query'
import { nameParts } from '../sql/nodes.js'

// What the grammar and pg_type call types, by how `format_type` prints them.
const printed: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  varchar: 'character varying',
  bpchar: 'character',
  varbit: 'bit varying',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
  decimal: 'numeric',
  serial: 'integer',
  serial4: 'integer',
  bigserial: 'bigint',
  serial8: 'bigint',
  smallserial: 'smallint',
  serial2: 'smallint',
}

/** A written type as `format_type` prints it, `timestamp(3) with time zone`; types that are not PostgreSQL's own as written. */
export function typeText(type: TypeName | undefined): string {
  const parts = nameParts(type?.names)
  const own = parts.length === 1 || parts[0] === 'pg_catalog'
  const last = parts.at(-1) ?? ''
  const name = own ? (printed[last] ?? last) : parts.join('.')
  const args = (type?.typmods ?? []).flatMap(number)
  const array = type?.arrayBounds === undefined ? '' : '[]'
  if (name === 'interval') return `${intervalText(args)}${array}`
  const written = args.length === 0 ? '' : `(${args.join(',')})`
  const [first = '', ...rest] = name.split(' ')
  const inside = /^time/.test(name) ? [`${first}${written}`, ...rest].join(' ') : `${name}${written}`
  return `${inside}${array}`
}

/** Whether a column of the type is a serial, which gets its values from a sequence. */
export function isSerial(type: TypeName | undefined): boolean {
  return /^(?:small|big)?serial[248]?$/.test(nameParts(type?.names).at(-1) ?? '')
}

// Of an interval the first number says its fields; without any, and with a precision, it is 0x7fff.
function intervalText(args: readonly number[]): string {
  const [, precision] = args
  return precision === undefined ? 'interval' : `interval(${precision})`
}

function number(node: Node): number[] {
  if (!('A_Const' in node)) return []
  const { ival } = node.A_Const as { ival?: { ival?: number } }
  return ival === undefined ? [] : [ival.ival ?? 0]
}
