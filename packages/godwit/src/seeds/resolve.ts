import type { SeedBatch, Seeding, SeedRow } from '../databases/seeding.js'
import { GodwitError } from '../errors.js'
import type { RowsOf } from './batches.js'
import { isReference } from './definition.js'
import { hashToken } from './hash.js'
import type { Settling } from './settle.js'

/** What tokens are resolved with. */
export interface Resolution extends Pick<RowsOf, 'name' | 'file'> {
  seeding: Pick<Seeding, 'find'>
  /** Where the rows of a seed go, and what its fields are called there; what is no seed's name is a place itself. */
  placeOf: (seed: string) => { place: string; columnOf: (field: string) => string }
  /** The column of a reference that names none. */
  idColumn: string
}

/** So many values are remembered, for rows to come that point to the same. */
const REMEMBERED = 100_000

/** Puts values in the place of references; a batch without any is given as it is. */
export function resolving(resolution: Resolution): Settling {
  const known = new Map<string, unknown>()
  return async (batch) => {
    const wanted = wantedIn(batch, resolution)
    if (wanted.length === 0) return batch
    if (known.size > REMEMBERED) known.clear()
    await findAll(wanted, known, resolution)
    return { ...batch, rows: replaced(batch.rows, wanted, known) }
  }
}

interface Wanted {
  /** In the batch. */
  index: number
  /** In the seed, from 1. */
  row: number
  field: string
  to: string
  where: SeedRow
  column: string
  /** The same for references to the same value. */
  id: string
}

function wantedIn({ first, rows }: SeedBatch, resolution: Resolution): Wanted[] {
  const wanted: Wanted[] = []
  for (const [index, row] of rows.entries())
    for (const field in row) {
      const value = row[field]
      if (typeof value !== 'object' || value === null) continue
      if (!isReference(value)) {
        if (holdsToken(value)) throw nested(field, first + index + 1, resolution)
        continue
      }
      const { to, where, column = resolution.idColumn } = value
      wanted.push({
        index,
        row: first + index + 1,
        field,
        to,
        where,
        column,
        id: JSON.stringify([to, column, Object.entries(where).sort()], bigintAsText),
      })
    }
  return wanted
}

// Only a column's own value is found out: inside of another it would be written as it is.
function holdsToken(value: object, seen?: Set<object>): boolean {
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return false
  const known = seen ?? new Set()
  if (known.has(value)) return false
  known.add(value)
  return Object.values(value).some(
    (each) =>
      typeof each === 'object' &&
      each !== null &&
      (isReference(each) || hashToken(each) !== undefined || holdsToken(each, known)),
  )
}

function nested(field: string, row: number, { name, file }: Resolution): GodwitError {
  const reason = `${field}: a hash() or ref() stands inside of its value, where only a whole value is found out`
  return new GodwitError('GODWIT_SEED_ROW', { seed: name, row, key: undefined, reason }, { file, row })
}

async function findAll(wanted: readonly Wanted[], known: Map<string, unknown>, resolution: Resolution): Promise<void> {
  const missing = new Map(wanted.filter(({ id }) => !known.has(id)).map((each) => [each.id, each]))
  const groups = new Map<string, Wanted[]>()
  for (const each of missing.values()) groups.set(groupOf(each), [...(groups.get(groupOf(each)) ?? []), each])
  for (const group of groups.values()) {
    const [{ to, column } = { to: '', column: '' }] = group
    const { place, columnOf } = resolution.placeOf(to)
    const where = group.map((each) => renamed(each.where, columnOf))
    const found = await resolution.seeding.find(place, where, [columnOf(column)])
    for (const [i, each] of group.entries()) {
      const rows = found[i] ?? []
      if (rows.length !== 1) throw notOne(each, rows.length, resolution)
      known.set(each.id, rows[0]?.[columnOf(column)])
    }
  }
}

function renamed(where: SeedRow, columnOf: (field: string) => string): SeedRow {
  return Object.fromEntries(Object.entries(where).map(([field, value]) => [columnOf(field), value]))
}

function groupOf({ to, column, where }: Wanted): string {
  return JSON.stringify([to, column, Object.keys(where).sort()])
}

function replaced(rows: readonly SeedRow[], wanted: readonly Wanted[], known: ReadonlyMap<string, unknown>): SeedRow[] {
  const result = [...rows]
  for (const { index, field, id } of wanted) result[index] = { ...result[index], [field]: known.get(id) }
  return result
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

function notOne({ row, field, to, where }: Wanted, found: number, { name, file }: Resolution): GodwitError {
  const which = `ref('${to}', ${JSON.stringify(where, bigintAsText)})`
  const reason = found === 0 ? `${field}: no row is ${which}` : `${field}: several rows are ${which}`
  return new GodwitError('GODWIT_SEED_ROW', { seed: name, row, key: undefined, reason }, { file, row })
}
