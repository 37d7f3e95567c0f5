import {
  bitsOf,
  bytesOf,
  digitsOf,
  floats,
  integers,
  isPadded,
  lengthOf,
  readType,
  type Type,
  texts,
  timeParts,
  widthOf,
} from './type-facts.js'

/**
 * What becomes of values whose type changes: `cuts` changes some of them silently, `fails` is refused by the server for some
 * of them.
 */
export type Narrowing = 'cuts' | 'fails'

/** What becomes of values, for people. */
export const narrowingInWords: Readonly<Record<Narrowing, string>> = {
  cuts: 'values are rounded or cut',
  fails: 'it fails where a value does not fit',
}

/** A change of a column's type for people, where it does not keep every value; `undefined`: it does. */
export function narrowedInWords(column: string, from: string, to: string): string | undefined {
  const found = narrowing(from, to)
  if (found === undefined) return undefined
  return `column ${column} (${from.toLowerCase()} becomes ${to.toLowerCase()}: ${narrowingInWords[found]})`
}

/**
 * Tells whether `ALTER COLUMN … TYPE` keeps every value. Of types that are not PostgreSQL's own nothing is known.
 *
 * @param from as the server prints types, `numeric(8,2)`; `numeric array` is understood, too
 */
export function narrowing(from: string, to: string): Narrowing | undefined {
  const [a, b] = [readType(from), readType(to)]
  if (a.isArray && b.isArray) return ofValues({ ...a, isArray: false }, { ...b, isArray: false })
  return ofValues(a, b)
}

function ofValues(a: Type, b: Type): Narrowing | undefined {
  if (texts.has(b.name) && !b.isArray) return toText(a, b)
  // Only as many bits are read as there is room for.
  if (a.name === '"char"' && b.name === 'integer' && a.isArray === b.isArray) return undefined
  if (texts.has(a.name) && !a.isArray) return /^bit/.test(b.name) && !b.isArray ? 'cuts' : 'fails'
  if (a.isArray || b.isArray) return undefined
  return numbers(a, b) ?? times(a, b) ?? others(a, b)
}

function toText(a: Type, b: Type): Narrowing | undefined {
  // Spaces at the end are no part of a padded text.
  if (isPadded(b) && texts.has(a.name) && !a.isArray && !isPadded(a) && a.name !== '"char"') return 'cuts'
  const room = lengthOf(b)
  if (room === undefined) return undefined
  if (b.name === 'name' || b.name === '"char"') return bytesOf(a) <= room ? undefined : 'cuts'
  return widthOf(a) <= room ? undefined : 'fails'
}

function numbers(a: Type, b: Type): Narrowing | undefined {
  const [whole, float] = [integers[b.name], floats[b.name]]
  const from = digitsOf(a)
  if (from === undefined) return undefined
  // A negative number becomes a large one; that of an integer is as long and comes back.
  if (b.name === 'oid') return { smallint: 'cuts' as const, bigint: 'fails' as const }[a.name]
  if (whole !== undefined) {
    if (from.after > 0) return 'cuts'
    const fits = a.name in integers ? from.before <= whole.digits : from.before <= whole.holds
    return fits ? undefined : 'fails'
  }
  if (float !== undefined) {
    if (a.name in floats) return float < (floats[a.name] ?? 0) ? 'cuts' : undefined
    return from.before + from.after > float ? 'cuts' : undefined
  }
  if (b.name === 'boolean') return 'cuts'
  const to = digitsOf(b)
  if (to === undefined) return undefined
  // The server writes fewer digits of a float than it keeps.
  if (a.name in floats || from.after > to.after) return 'cuts'
  return from.before > to.before ? 'fails' : undefined
}

function times(a: Type, b: Type): Narrowing | undefined {
  const [before, after] = [timeParts[a.name] ?? '', timeParts[b.name] ?? '']
  const wholes = [a, b].filter(({ name }) => name.startsWith('interval')).length
  if (before === '' && wholes === 0) return undefined
  // There are dates of far later years than times.
  if (before === 'd' && after.startsWith('dt')) return 'fails'
  // `interval day` has no time.
  if (b.name.startsWith('interval ') && a.name !== b.name) return 'cuts'
  if (a.name.startsWith('interval') && after !== '') return 'cuts'
  if (after !== '' && [...before].some((part) => !after.includes(part))) return 'cuts'
  const hasTime = before.includes('t') || a.name === 'interval'
  return hasTime && (b.args[0] ?? 6) < (a.args[0] ?? 6) ? 'cuts' : undefined
}

function others(a: Type, b: Type): Narrowing | undefined {
  const cuts = `${a.name} ${b.name}`
  if (/^bit/.test(b.name)) return bits(a, b)
  if (/^jsonb? /.test(cuts) && (b.name in integers || b.name in floats)) return 'cuts'
  if (/^jsonb? (?:numeric|boolean)$/.test(cuts)) return b.args.length > 0 ? 'cuts' : 'fails'
  // `jsonb` keeps neither the order of keys nor one that stands twice.
  if (cuts === 'inet cidr' || cuts === 'json jsonb') return 'cuts'
  // An open path is no polygon.
  if (cuts === 'macaddr8 macaddr' || cuts === 'path polygon') return 'fails'
  const shape = /^(box|circle|lseg|path|polygon) (?!\1$)(box|circle|lseg|path|point|polygon)$/.exec(cuts)
  return shape === null || /^(?:box|polygon|path) (?:polygon|path)$/.test(cuts) ? undefined : 'cuts'
}

// Of a number as many bits are taken as there is room for; a bit string of another length the server refuses.
function bits(a: Type, b: Type): Narrowing | undefined {
  if (a.name in integers) return bitsOf(b) < 64 ? 'cuts' : undefined
  if (!/^bit/.test(a.name)) return undefined
  const fits = b.name === 'bit' ? a.name === 'bit' && bitsOf(a) === bitsOf(b) : bitsOf(a) <= bitsOf(b)
  return fits ? undefined : 'fails'
}
