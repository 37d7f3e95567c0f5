/** How one type of PostgreSQL's goes to the engine: the number it knows it by, and its text turned into a value. */
interface Conversion {
  /** Of `ColumnTypeEnum` in `@prisma/driver-adapter-utils`. */
  columnType: number
  read: (text: string) => unknown
  /** It is an array, and each element is read so. */
  array?: true
}

const asIs = (text: string) => text
const text: Conversion = { columnType: 7, read: asIs }

/** Types that the engine's own queries answer with, by OID. Others go as text. */
const conversions = new Map<number, Conversion>([
  [16, { columnType: 5, read: (value) => value === 't' }],
  [18, { columnType: 6, read: asIs }], // "char"
  [20, { columnType: 1, read: asIs }],
  [21, { columnType: 0, read: Number }],
  [23, { columnType: 0, read: Number }],
  [26, { columnType: 1, read: asIs }], // oid
  [1002, { columnType: 70, read: asIs, array: true }],
  [1003, { columnType: 71, read: asIs, array: true }], // name[]
  [1005, { columnType: 64, read: Number, array: true }],
  [1007, { columnType: 64, read: Number, array: true }],
  [1009, { columnType: 71, read: asIs, array: true }],
  [1015, { columnType: 71, read: asIs, array: true }],
  [1042, { columnType: 6, read: asIs }],
  [1114, { columnType: 10, read: (value) => new Date(`${value}Z`).toISOString() }],
  [1184, { columnType: 10, read: (value) => new Date(isoZone(value)).toISOString() }],
])

/** The number that the engine knows a type by. */
export function columnTypeOf(oid: number): number {
  return (conversions.get(oid) ?? text).columnType
}

/** Reads values as the engine wants them, whatever the application made of `pg`'s own parsers. */
export function readerOf(oid: number): (text: string) => unknown {
  const { read, array } = conversions.get(oid) ?? text
  return array ? (value) => elementsOf(value).map((element) => (element === null ? null : read(element))) : read
}

// `2026-11-21 16:00:00+00` is no ISO time: its zone lacks the minutes.
function isoZone(value: string): string {
  return value.replace(/([+-]\d\d)$/, '$1:00')
}

/** The elements of an array of one dimension, as PostgreSQL writes it: `{a,"b,c",NULL}`. */
function elementsOf(array: string): (string | null)[] {
  const elements: (string | null)[] = []
  for (const [, quoted, bare] of array.slice(1, -1).matchAll(/"((?:\\.|[^"\\])*)"|([^,]+)/g)) {
    if (quoted !== undefined) elements.push(quoted.replace(/\\(.)/g, '$1'))
    else elements.push(bare === 'NULL' || bare === undefined ? null : bare)
  }
  return elements
}
