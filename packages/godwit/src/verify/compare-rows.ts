import type { Picture, Rows } from './picture.js'

/** What became of data that was there. A line each; values are never said (rule 38). */
export interface RowChanges {
  /** `users.age: 3 of 3 values are gone`. */
  lost: string[]
  /** `roles: 3 rows`. */
  left: string[]
  /** `users.preferences`: what documents have now and had not. */
  fields: string[]
  /** Tables with too many rows to be looked at: only counted. */
  counted: string[]
}

/**
 * Lays what is in a database beside what was in it. Rows are told by nothing but their values in the columns that both have: each row that was
 * there is to be there again, in any order, and others may be there besides.
 */
export function compareRows(before: Picture, after: Picture): RowChanges {
  const changes: RowChanges = { lost: [], left: [], fields: [], counted: [] }
  for (const [name, was] of before.rows) {
    const now = after.rows.get(name)
    // A table that is gone is told as such.
    if (now !== undefined) compareTable(name, was, now, changes)
  }
  for (const [name, was] of before.sequences) {
    const now = after.sequences.get(name)
    if (was !== null && now !== undefined && (now === null || now < was))
      changes.lost.push(`sequence ${name} starts over, and gives numbers that were given`)
  }
  return changes
}

function compareTable(name: string, was: Rows, now: Rows, changes: RowChanges): void {
  const gone = was.count - now.count
  if (gone > 0) changes.lost.push(`${name}: ${gone} of ${was.count} rows are gone`)
  else if (gone < 0) changes.left.push(`${name}: ${-gone} ${gone === -1 ? 'row' : 'rows'}`)
  if (was.hashes === undefined || now.hashes === undefined) {
    if (was.count > 0) changes.counted.push(`${name}: ${was.count} rows`)
    return
  }
  const columns = was.columns.filter((column) => now.columns.includes(column) || now.open)
  const [before, after] = [valuesOf(was, columns), valuesOf(now, columns)]
  if (missing(before.map(join), after.map(join)) > Math.max(gone, 0)) {
    const found = columns.flatMap((column, i) => columnLoss(`${name}.${column}`, gone, pick(before, i), pick(after, i)))
    changes.lost.push(...(found.length > 0 ? found : [`${name}: values are in other rows`]))
  }
  if (now.open) {
    const had = new Set(was.columns)
    changes.fields.push(...now.columns.filter((column) => !had.has(column)).map((column) => `${name}.${column}`))
  }
}

type Values = (string | null)[]

function columnLoss(name: string, gone: number, before: Values, after: Values): string[] {
  const lost = missing(before, after)
  if (lost <= Math.max(gone, 0)) return []
  const [had, has] = [before, after].map((values) => values.filter((value) => value !== null).length) as [
    number,
    number,
  ]
  return [`${name}: ${lost} of ${has < had ? had : before.length} values are ${has < had ? 'gone' : 'others'}`]
}

/** How many of the first are not among the second, each counting once. */
function missing(these: readonly (string | null)[], those: readonly (string | null)[]): number {
  const there = new Map<string | null, number>()
  for (const each of those) there.set(each, (there.get(each) ?? 0) + 1)
  let count = 0
  for (const each of these) {
    const left = there.get(each) ?? 0
    if (left === 0) count++
    else there.set(each, left - 1)
  }
  return count
}

function valuesOf({ columns, hashes = [] }: Rows, wanted: readonly string[]): Values[] {
  const places = wanted.map((column) => columns.indexOf(column))
  return hashes.map((row) => places.map((place) => row[place] ?? null))
}

function join(row: Values): string {
  return row.map((value) => value ?? '').join()
}

function pick(rows: readonly Values[], i: number): Values {
  return rows.map((row) => row[i] ?? null)
}
