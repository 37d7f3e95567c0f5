import { basename, extname } from 'node:path'

/** How a version of node-pg-migrate reads the number in front of a file's name; `null`: it refuses the name. */
export type NumberOf = (fileName: string) => number | null

/** The rule of a major version (9 where it is unknown). Both read 17 digits as a UTC time in milliseconds. */
export function numberReader(major: number | undefined): NumberOf {
  return major !== undefined && major < 9 ? numberIn8 : numberIn9
}

// Version 8 takes what stands before the first `_`, and 0 where that is no number.
function numberIn8(fileName: string): number {
  const prefix = fileName.split('_')[0] ?? ''
  const value = utcTime(prefix) ?? Number(prefix)
  return Number.isFinite(value) && value > 0 ? Math.trunc(value) : 0
}

// Version 9 takes the leading digits.
function numberIn9(fileName: string): number | null {
  const prefix = /^\d+/.exec(fileName)?.[0]
  return prefix === undefined ? null : (utcTime(prefix) ?? Number(prefix))
}

function utcTime(prefix: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(prefix)
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second, ms] = parts
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`)
  return Number.isNaN(time) ? undefined : time
}

// Equal numbers are told apart by the file name as people sort, punctuation left out: node-pg-migrate's own collation.
let collator: Intl.Collator | undefined

function collate(a: string, b: string): number {
  // Made when it is first needed: it takes 6 ms, and most folders have no two files of one number.
  collator ??= new Intl.Collator(undefined, {
    usage: 'sort',
    numeric: true,
    sensitivity: 'variant',
    ignorePunctuation: true,
  })
  return collator.compare(a, b)
}

/** The name that the history knows a file by: without its last ending. */
export function migrationName(file: string): string {
  return basename(file, extname(file))
}

/** The order of a folder's files as sort keys that compare byte by byte. */
export interface FileOrder {
  keyOf: (fileName: string) => string
  /** The key of a name whose file is gone. */
  keyOfName: (name: string) => string
}

/**
 * Puts file names in node-pg-migrate's order. A collation cannot be compared by bytes, so a key is the number and the
 * name's place among those with the same number.
 */
export function orderFiles(fileNames: readonly string[], numberOf: NumberOf): FileOrder {
  const groups = new Map<number, string[]>()
  for (const fileName of fileNames) {
    const number = numberOf(fileName) ?? 0
    const group = groups.get(number)
    if (group === undefined) groups.set(number, [fileName])
    else group.push(fileName)
  }
  const places = new Map<string, number>()
  for (const group of groups.values()) {
    group.sort(collate)
    for (const [index, fileName] of group.entries()) places.set(fileName, 2 * index + 1)
  }
  return {
    keyOf: (fileName) => key(numberOf(fileName) ?? 0, places.get(fileName) ?? 0),
    keyOfName: (name) => {
      const number = numberOf(name) ?? 0
      const before = groups.get(number)?.filter((fileName) => collate(migrationName(fileName), name) < 0)
      return key(number, 2 * (before?.length ?? 0))
    },
  }
}

// The count of digits in front makes numbers of any length compare by bytes.
function key(number: number, place: number): string {
  const digits = BigInt(number).toString()
  return `${String(digits.length).padStart(3, '0')}:${digits}:${String(place).padStart(6, '0')}`
}
