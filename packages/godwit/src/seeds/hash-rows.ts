import type { SeedBatch, Seeding, SeedPlace, SeedRow } from '../databases/seeding.js'
import { GodwitError } from '../errors.js'
import type { RowsOf } from './batches.js'
import { type HashToken, hashToken } from './hash.js'
import type { Hasher } from './hasher.js'
import type { Settling } from './settle.js'

/** Where hashes of a table or a collection are looked up. */
export interface HashPlace extends Pick<RowsOf, 'name' | 'file'> {
  seeding: Pick<Seeding, 'find'>
  place: string
  key: readonly string[]
  /** What the database knows of the place; `undefined`: it is not there, and the rows are refused later. */
  known: SeedPlace | undefined
}

/** Puts hashes in the place of `hash()`; a batch without any is given as it is. */
export function hashing(hasher: Hasher, where: HashPlace): Settling {
  return async (batch) => {
    const fields = [...new Set(batch.rows.flatMap((row) => Object.keys(row).filter((name) => hashToken(row[name]))))]
    hasher.forget()
    return fields.length === 0 ? batch : { ...batch, rows: await hashRows(batch, fields, hasher, where) }
  }
}

async function hashRows(
  { first, rows }: SeedBatch,
  fields: readonly string[],
  hasher: Hasher,
  where: HashPlace,
): Promise<SeedRow[]> {
  const there = await rowsThere(rows, fields, where)
  return Promise.all(
    rows.map(async (row, i) => {
      const result = { ...row }
      for (const field of fields) {
        const token = hashToken(row[field])
        if (token === undefined) continue
        refuse(token, field, first + i + 1, where)
        result[field] = await hasher.valueOf(token, there.get(row)?.[field])
      }
      return result
    }),
  )
}

async function rowsThere(
  rows: readonly SeedRow[],
  fields: readonly string[],
  { seeding, place, key, known }: HashPlace,
): Promise<Map<SeedRow, SeedRow>> {
  const has = (name: string) => known?.columns.length === 0 || known?.columns.includes(name)
  // What the place does not have is refused by who writes the rows, with the row's number.
  if (known === undefined || ![...key, ...fields].every(has)) return new Map()
  const complete = rows.filter((row) => key.every((name) => row[name] !== undefined && row[name] !== null))
  const where = complete.map((row) => Object.fromEntries(key.map((name) => [name, row[name]])))
  const found = await seeding.find(place, where, fields)
  return new Map(complete.flatMap((row, i) => (found[i]?.[0] === undefined ? [] : [[row, found[i][0]]])))
}

function refuse({ options }: HashToken, field: string, row: number, { name, file, key }: HashPlace): void {
  const reason = key.includes(field)
    ? `${field}: a hash cannot be part of the key`
    : options.byHook
      ? `${field}: byHook is for entity seeds; no hook sees the rows of a table or collection`
      : undefined
  if (reason !== undefined)
    throw new GodwitError('GODWIT_SEED_ROW', { seed: name, row, key: undefined, reason }, { file })
}
