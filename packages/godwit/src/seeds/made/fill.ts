import type { Faker } from '@faker-js/faker'
import type { SeedRow, TypedColumn, TypedPlace, TypedStore } from '../../databases/seeding.js'
import { GodwitError } from '../../errors.js'
import { seededFaker } from './faker.js'
import { type Maker, makerFor } from './values.js'

/** So many rows that foreign keys may point to are looked at. */
const POINTED_TO = 10_000

/**
 * Rows by the types of a table's columns and its foreign keys; the same ones for the same table with as many rows in it.
 *
 * @throws GODWIT_SEED_MADE where no value is known for a column, or a foreign key points to an empty table
 */
export async function* filledRows(
  place: TypedPlace,
  count: number,
  typed: TypedStore,
  projectDir: string,
): AsyncIterable<SeedRow> {
  const fake = await seededFaker(`${place.name} ${place.rows}`, projectDir)
  const { fills, toItself } = await pointers(place, typed, fake)
  const makers = [...fills, ...(await own(place, typed, fake)), ...toItself]
  for (let index = 0; index < count; index++) {
    const row: Record<string, unknown> = {}
    for (const make of makers) make(row, index)
    yield row
  }
}

type Fill = (row: Record<string, unknown>, index: number) => void

// A foreign key gets the values of a row that is there; several of a key, or one that is unique, go through them all. Where a row
// must point to one of its own table and there is none, it points to itself, once its other values are known.
async function pointers(
  place: TypedPlace,
  typed: TypedStore,
  fake: Faker,
): Promise<{ fills: Fill[]; toItself: Fill[] }> {
  const fills: Fill[] = []
  const toItself: Fill[] = []
  let stride = 1
  for (const { columns, place: to, targets } of place.foreignKeys) {
    const there = await typed.sample(to, targets, POINTED_TO)
    const mustDiffer = isUnique(place, columns) || columns.some((name) => place.primary.includes(name))
    if (there.length === 0) {
      const optional = columns.every((name) => place.columns.find((column) => column.name === name)?.nullable)
      if (!optional && to === place.name) {
        toItself.push((row) => set(row, columns, (i) => row[targets[i] as string]))
        continue
      }
      if (!optional)
        throw unmade(place, columns, `${to}, which they point to, is empty`, `godwit seed --rows ${to}=100`)
      fills.push((row) => set(row, columns, () => null))
      continue
    }
    const step = stride
    fills.push((row, index) => {
      const at = mustDiffer ? Math.floor(index / step) % there.length : fake.number.int({ max: there.length - 1 })
      set(row, columns, (i) => there[at]?.[targets[i] as string])
    })
    if (mustDiffer) stride *= there.length
  }
  return { fills, toItself }
}

async function own(place: TypedPlace, typed: TypedStore, fake: Faker): Promise<Fill[]> {
  const pointing = new Set(place.foreignKeys.flatMap(({ columns }) => columns))
  const fills: Fill[] = []
  for (const column of place.columns) {
    const inKey = place.primary.includes(column.name)
    if (pointing.has(column.name) || (column.given && !inKey)) continue
    const unique = inKey || place.unique.some((columns) => columns.includes(column.name))
    const make = makerFor(column, fake, unique)
    if (make !== undefined) fills.push(await numbered(place, column, make, unique, typed))
    else if (column.nullable) fills.push((row) => set(row, [column.name], () => null))
    else throw unmade(place, [column.name], `no value is known for the type ${column.type}`, undefined)
  }
  return fills
}

async function numbered(
  place: TypedPlace,
  { name, type }: TypedColumn,
  make: Maker,
  unique: boolean,
  typed: TypedStore,
): Promise<Fill> {
  const counts = unique && /^(?:int\d|numeric)$/.test(type)
  const from = counts ? await typed.highest(place.name, name) : BigInt(place.rows)
  return (row, index) => {
    row[name] = make(from + BigInt(index) + 1n)
  }
}

function set(row: Record<string, unknown>, columns: readonly string[], value: (i: number) => unknown): void {
  for (const [i, name] of columns.entries()) row[name] = value(i)
}

function isUnique({ unique }: TypedPlace, columns: readonly string[]): boolean {
  return unique.some((set) => set.every((name) => columns.includes(name)))
}

function unmade(
  { name }: TypedPlace,
  columns: readonly string[],
  reason: string,
  next: string | undefined,
): GodwitError {
  return new GodwitError('GODWIT_SEED_MADE', { place: name, columns, reason, next })
}
