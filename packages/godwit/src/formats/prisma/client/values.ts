import { isDeepStrictEqual } from 'node:util'
import type { FieldShape } from './shapes.js'

/** A value as Prisma takes it: text, as files and references give it, is read by the field's type. */
export function taken({ type }: Pick<FieldShape, 'type'>, value: unknown): unknown {
  if (Array.isArray(value)) return type === 'Json' ? value : value.map((each) => taken({ type }, each))
  if (typeof value !== 'string') return value
  if (type === 'Int' || type === 'Float') return value.trim() === '' ? value : Number(value)
  if (type === 'BigInt') return /^\s*-?\d+\s*$/.test(value) ? BigInt(value) : value
  if (type === 'Boolean') return /^(?:t|true)$/.test(value) ? true : /^(?:f|false)$/.test(value) ? false : value
  if (type !== 'DateTime') return value
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? value : date
}

/** Whether a value that Prisma takes is what it gave. */
export function isSame(field: Pick<FieldShape, 'type'>, given: unknown, there: unknown): boolean {
  if (given === null || there === null) return given === there
  if (field.type === 'Json') return isDeepStrictEqual(JSON.parse(JSON.stringify(given)), there)
  if (Array.isArray(given) && Array.isArray(there))
    return given.length === there.length && given.every((each, i) => isSame(field, each, there[i]))
  if (there instanceof Date) return new Date(given as string | number | Date).getTime() === there.getTime()
  if (there instanceof Uint8Array) return given instanceof Uint8Array && Buffer.compare(given, there) === 0
  if (typeof there === 'bigint') return String(given) === String(there)
  // A Decimal, of whichever copy of its library.
  if (typeof there === 'object' && 'equals' in there)
    return (there as { equals: (other: unknown) => boolean }).equals(given)
  return given === there
}
