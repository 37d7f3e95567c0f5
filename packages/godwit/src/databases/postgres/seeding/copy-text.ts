import type { SeedColumn } from './table.js'

/** A value in the text format of COPY, without the separators around it. */
export type TextOf = (value: unknown) => string

const SPECIAL = /[\\\t\n\r]/

/**
 * How values of a column are written for COPY. Numbers and texts are taken by the server's own type; a Date as `pg` writes it: in
 * local time for types without a zone.
 *
 * @throws TypeError for what the column cannot take, such as an object in a text
 */
export function textFor({ base, array }: Pick<SeedColumn, 'base' | 'array'>): TextOf {
  const plain = array ? (value: unknown) => arrayText(value) : plainFor(base)
  return (value) => (value === null || value === undefined ? '\\N' : escaped(plain(value)))
}

/** Text that the server reads by the column's type, such as a field of a CSV file. */
export const asIs: TextOf = (value) => (value === null || value === undefined ? '\\N' : escaped(String(value)))

function plainFor(base: string): TextOf {
  if (base === 'json' || base === 'jsonb') return jsonText
  if (base === 'timestamptz') return (value) => (value instanceof Date ? utcText(value) : scalar(value))
  if (base === 'timestamp' || base === 'date' || base === 'time')
    return (value) => (value instanceof Date ? localText(value, base) : scalar(value))
  return scalar
}

function escaped(text: string): string {
  if (!SPECIAL.test(text)) return text
  return text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? Number(each) : each))
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

function arrayText(value: unknown): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) throw new TypeError('it is no list')
  return `{${value.map(element).join(',')}}`
}

function element(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (Array.isArray(value)) return arrayText(value)
  const plain = typeof value === 'object' && !(value instanceof Date) && !(value instanceof Uint8Array)
  const text = plain ? jsonText(value) : scalar(value)
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function utcText(value: Date): string {
  if (Number.isNaN(value.getTime())) throw new TypeError('it is an invalid date')
  const text = value.toISOString()
  return text.startsWith('-') || text.startsWith('+') ? farText(value) : text
}

// PostgreSQL writes years behind 9999 without a sign, and those before 1 as BC.
function farText(value: Date): string {
  const year = value.getUTCFullYear()
  const rest = value.toISOString().replace(/^[+-]\d{6}/, '')
  return year > 0 ? `${year}${rest}` : `${String(1 - year).padStart(4, '0')}${rest} BC`
}

function localText(value: Date, base: string): string {
  const local = new Date(value.getTime() - value.getTimezoneOffset() * 60_000)
  const text = utcText(local).replace('Z', '')
  if (base === 'date') return text.replace(/T[\d:.]*/, '')
  return base === 'time' ? text.replace(/^.*T/, '') : text
}
