/** A type as it is written, in parts. */
export interface Type {
  name: string
  /** Of `numeric(8,2)`: 8 and 2. */
  args: number[]
  isArray: boolean
}

/** @param written as the server prints types, `numeric(8,2)`; `numeric array` and `timestamp(3)` are understood, too */
export function readType(written: string): Type {
  const [, element = '', array] = /^(.*?)((?:\[\])+| array)?$/.exec(written.toLowerCase()) ?? []
  const args = /\(([-\d, ]+)\)/.exec(element)?.[1]?.split(',').map(Number) ?? []
  const name = element
    .replace(/\([^)]*\)/, '')
    .trim()
    .replace(/^time(?:stamp)?$/, '$& without time zone')
    // Only what is below the last field goes.
    .replace(/^interval (?:\w+ to )?second$/, 'interval')
  return { name, args, isArray: array !== undefined }
}

/** Types whose values are texts. */
export const texts = new Set(['text', 'character varying', 'character', 'bpchar', 'citext', 'name', '"char"'])

/** No value of these has more characters. */
const widths: Readonly<Record<string, number>> = {
  boolean: 5,
  smallint: 6,
  integer: 11,
  bigint: 20,
  real: 16,
  'double precision': 25,
  money: 40,
  uuid: 36,
  macaddr: 17,
  macaddr8: 23,
  inet: 49,
  cidr: 49,
  date: 40,
  'time without time zone': 40,
  'time with time zone': 40,
  'timestamp without time zone': 40,
  'timestamp with time zone': 40,
}

/** The most characters that a value has as a text. */
export function widthOf(type: Type): number {
  const { name, args, isArray } = type
  const unknown = Number.POSITIVE_INFINITY
  if (isArray) return unknown
  // A sign, a zero and the point; a scale may be more than there are digits, or less than none.
  if (name === 'numeric') {
    const [precision = unknown, scale = 0] = args
    return Math.max(precision, scale, precision - scale) + 3
  }
  return lengthOf(type) ?? widths[name] ?? unknown
}

/** The most bytes that a value has as a text. */
export function bytesOf(type: Type): number {
  const isText = texts.has(type.name) && type.name !== 'name' && type.name !== '"char"'
  return widthOf(type) * (isText ? BYTES_OF_A_CHARACTER : 1)
}

/** In UTF-8. */
const BYTES_OF_A_CHARACTER = 4

/** Whether texts are filled up with spaces, which do not count. */
export function isPadded({ name }: Type): boolean {
  return name === 'character' || name === 'bpchar'
}

/** The most characters that there is room for; of `name` and `"char"` bytes. `undefined`: any number. */
export function lengthOf({ name, args }: Type): number | undefined {
  if (!texts.has(name)) return /^bit/.test(name) ? bitsOf({ name, args }) : undefined
  return args[0] ?? { character: 1, '"char"': 1, name: 63 }[name]
}

/** Digits before the point, and how many of them a value always finds room in. */
export const integers: Readonly<Record<string, { digits: number; holds: number }>> = {
  smallint: { digits: 5, holds: 4 },
  integer: { digits: 10, holds: 9 },
  bigint: { digits: 19, holds: 18 },
}

/** Decimal digits that are kept. */
export const floats: Readonly<Record<string, number>> = { real: 6, 'double precision': 15 }

/** Decimal digits before and behind the point; a float may have any number of both. `undefined`: it is no number. */
export function digitsOf({ name, args }: Type): { before: number; after: number } | undefined {
  const whole = integers[name]
  if (whole !== undefined) return { before: whole.digits, after: 0 }
  if (name === 'money') return { before: 17, after: 2 }
  const [precision, scale = 0] = args
  if (name === 'numeric' && precision !== undefined) return { before: precision - scale, after: scale }
  const any = Number.POSITIVE_INFINITY
  return name === 'numeric' || name in floats ? { before: any, after: any } : undefined
}

/** What a type says: date, time, zone. */
export const timeParts: Readonly<Record<string, string>> = {
  date: 'd',
  'time without time zone': 't',
  'time with time zone': 'tz',
  'timestamp without time zone': 'dt',
  'timestamp with time zone': 'dtz',
}

/** The most bits that there is room for. */
export function bitsOf({ name, args }: Pick<Type, 'name' | 'args'>): number {
  return args[0] ?? (name === 'bit' ? 1 : Number.POSITIVE_INFINITY)
}
