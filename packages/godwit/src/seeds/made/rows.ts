import type { Faker } from '@faker-js/faker'
import { GodwitError } from '../../errors.js'
import type { MadeRows, RowMaker } from '../definition.js'
import { seededFaker } from './faker.js'

/** How often a row is made anew whose values must be unique and are not. */
const TRIES = 100

/** What rows are made with besides. */
export interface MadeFor {
  /** The seed's name; it also decides which values come, unless a number was given. */
  name: string
  /** Relative to the project. */
  file: string
  /** Absolute. */
  projectDir: string
  /** Sets of columns that are unique in the table. */
  unique: readonly (readonly string[])[]
}

/**
 * Rows that a function makes; the same ones each time. What is unique in the table is unique in them: a row that repeats such a
 * value is made anew.
 *
 * @throws GODWIT_SEED_ROW when no new value comes any more; GODWIT_PEER_MISSING
 */
export async function* madeRows({ count, make, seed }: MadeRows, made: MadeFor): AsyncIterable<object> {
  const fake = await seededFaker(seed ?? made.name, made.projectDir)
  const seen = made.unique.map(() => new Set<string>())
  for (let index = 0; index < count; index++) yield newRow(make, { fake, index }, made, seen)
}

function newRow(
  make: RowMaker,
  tools: { fake: Faker; index: number },
  { name, file, unique }: MadeFor,
  seen: readonly Set<string>[],
): object {
  let repeated: readonly string[] = []
  for (let tries = 0; tries < TRIES; tries++) {
    const row = make(tools) as Record<string, unknown>
    const values = unique.map((columns) => tupleOf(columns, row))
    const at = values.findIndex((value, i) => value !== undefined && seen[i]?.has(value))
    if (at < 0) {
      for (const [i, value] of values.entries()) if (value !== undefined) seen[i]?.add(value)
      return row
    }
    repeated = unique[at] ?? []
  }
  const row = tools.index + 1
  const reason = `no new value for ${repeated.join(', ')} came in ${TRIES} tries`
  throw new GodwitError('GODWIT_SEED_ROW', { seed: name, row, key: undefined, reason }, { file, row })
}

// A row that leaves a column out, or has NULL in it, repeats nothing.
function tupleOf(columns: readonly string[], row: Record<string, unknown>): string | undefined {
  if (columns.some((column) => row[column] === undefined || row[column] === null)) return undefined
  const [only] = columns
  return columns.length === 1 && only !== undefined
    ? String(row[only])
    : JSON.stringify(columns.map((column) => String(row[column])))
}
