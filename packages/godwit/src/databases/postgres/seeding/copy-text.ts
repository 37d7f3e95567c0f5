import type { SeedColumn } from './table.js'
import { utcText } from './time-text.js'

/** A value in the text format of COPY, without the separators around it. */
export type TextOf = (value: unknown) => string

/** How COPY says that there is no value. */
export const NULL_TEXT = '\\N'

/**
 * How values of a column are written for COPY. Numbers and texts are taken by the server's own type; a Date as `pg` writes it: in
 * local time for types without a zone. A text for a JSON column is JSON, as `pg` takes it.
 *
 * @throws TypeError for what the column cannot take, such as an object in a text
 */
export function textFor(column: Pick<SeedColumn, 'base' | 'array'>): TextOf {
  const plain = plainTextFor(column)
  const numbers = plain === scalar
  return (value) => {
    if (typeof value === 'string') return escaped(value)
    if (numbers && typeof value === 'number') return String(value)
    if (value === null || value === undefined) return NULL_TEXT
    // What is written of a date holds nothing to escape.
    return value instanceof Date ? plain(value) : escaped(plain(value))
  }
}

/** Text that the server reads by the column's type, such as a field of a CSV file. */
export const asIs: TextOf = (value) => (value === null || value === undefined ? NULL_TEXT : escaped(String(value)))

/** The same as {@link textFor} as a text by itself, such as a parameter of a query. `null` is not taken. */
export function plainTextFor({ base, array }: Pick<SeedColumn, 'base' | 'array'>): TextOf {
  const plain = scalarFor(base)
  return array ? (value) => arrayText(value, plain) : plain
}

/** A field of a line of COPY as it was before it was escaped; `null` where there is no value. */
export function unescaped(field: string): string | null {
  if (field === NULL_TEXT) return null
  return field.replace(/\\(.)/g, (_, letter: string) => ({ t: '\t', n: '\n', r: '\r' })[letter] ?? letter)
}

function scalarFor(base: string): TextOf {
  if (base === 'json' || base === 'jsonb') return jsonText
  if (base === 'timestamp' || base === 'date' || base === 'time')
    return (value) => (value instanceof Date ? localText(value, base) : scalar(value))
  return scalar
}

function escaped(text: string): string {
  // Four searches are quicker than one regular expression.
  if (!text.includes('\\') && !text.includes('\t') && !text.includes('\n') && !text.includes('\r')) return text
  return text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
}

function jsonText(value: unknown): string {
  if (typeof value === 'string') return value
  const text = JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? exactNumber(each) : each))
  if (text === undefined) throw new TypeError(`a ${typeof value} is not JSON`)
  return text
}

function exactNumber(value: bigint): number {
  if (BigInt(Number(value)) !== value) throw new TypeError(`JSON.stringify cannot write the number ${value} exactly`)
  return Number(value)
}

function scalar(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      if (value instanceof Date) return utcText(value)
      if (value instanceof Uint8Array)
        return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
  }
  throw new TypeError(
    `${Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`} cannot be written there`,
  )
}

function arrayText(value: unknown, plain: TextOf): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) throw new TypeError('it is no list')
  return `{${value.map((each) => element(each, plain)).join(',')}}`
}

function element(value: unknown, plain: TextOf): string {
  if (value === null || value === undefined) return 'NULL'
  if (Array.isArray(value) && plain !== jsonText) return arrayText(value, plain)
  return `"${plain(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function localText(value: Date, base: string): string {
  const local = new Date(value.getTime() - value.getTimezoneOffset() * 60_000)
  const text = utcText(local).replace('Z', '')
  if (base === 'date') return text.replace(/[T ]\d\d:[\d:.]*/, '')
  return base === 'time' ? text.replace(/^.*?[T ](?=\d\d:)/, '').replace(' BC', '') : text
}
