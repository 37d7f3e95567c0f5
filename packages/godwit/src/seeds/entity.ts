import { noCounts } from '../databases/seed-counts.js'
import type { SeedBatch, SeedCounts, Seeding, SeedPlace, SeedRow } from '../databases/seeding.js'
import { GodwitError, isGodwitError } from '../errors.js'
import type { EntityPlace, FoundEntity, OrmSession } from '../formats/contract.js'
import type { RowsOf } from './batches.js'
import { hashToken } from './hash.js'
import type { Hasher } from './hasher.js'

/** Rows of an entity, on their way through the ORM. */
export interface EntityRows extends Pick<RowsOf, 'name' | 'file'> {
  entity: unknown
  at: EntityPlace
  key: readonly string[]
  onExisting: 'keep' | 'update'
  batches: AsyncIterable<SeedBatch> | Iterable<SeedBatch>
  /** What the database knows of the entity's table; `undefined`: it is not there. */
  known: SeedPlace | undefined
  documents: boolean
  onRows?: (rows: number) => void
}

/** What putting them there needs. */
export interface EntityTools {
  seeding: Pick<Seeding, 'note'>
  session: OrmSession
  hasher: Hasher
  /** An error of the server or the driver as a GodwitError. */
  explain: (error: unknown) => unknown
}

/**
 * Puts rows there by their key, one by one through the ORM, with its hooks (rule 35).
 *
 * @throws GODWIT_SEED_PLACE, GODWIT_SEED_KEY, GODWIT_SEED_ROW
 */
export async function putEntities(rows: EntityRows, tools: EntityTools): Promise<SeedCounts> {
  refuseKey(rows)
  const counts = noCounts()
  const seen = new Map<string, number>()
  let put = 0
  for await (const batch of rows.batches) {
    for (const [i, row] of batch.rows.entries()) {
      const number = batch.first + i + 1
      const where = keyOf(row, number, rows, seen)
      tools.hasher.forget()
      try {
        counts[await putEntity(row, where, rows, tools)]++
      } catch (error) {
        throw rowFailed(rows, number, where, error, tools)
      }
      rows.onRows?.(++put)
    }
  }
  return counts
}

async function putEntity(
  row: SeedRow,
  where: SeedRow,
  { entity, at, key, onExisting }: EntityRows,
  { session, seeding, hasher }: EntityTools,
): Promise<keyof SeedCounts> {
  const given = Object.keys(row).filter((property) => row[property] !== undefined)
  const found = await session.find(entity, where, given)
  const columns = key.map((property) => at.columnOf(property) ?? property)
  const noted = { place: at.place, key: columns }
  const stored = (await session.stored?.(entity, where)) ?? where
  const keyRow = Object.fromEntries(key.map((property, i) => [columns[i], stored[property]]))
  const values = await settled(row, given, found, hasher)
  if (found === undefined) {
    await seeding.note({ ...noted, inserted: [keyRow] })
    await session.insert(entity, values)
    return 'inserted'
  }
  const differing = await found.differing(values)
  if (differing.length === 0 || onExisting === 'keep') {
    const word = differing.length === 0 ? 'unchanged' : 'kept'
    await seeding.note({ ...noted, [word]: 1 })
    return word
  }
  await seeding.note({ ...noted, updated: [keyRow] })
  await found.update(values, differing)
  return 'updated'
}

// Hashes in the place of tokens; of a row that is there its own where it fits.
async function settled(
  row: SeedRow,
  given: readonly string[],
  found: FoundEntity | undefined,
  hasher: Hasher,
): Promise<SeedRow> {
  const values: Record<string, unknown> = {}
  for (const property of given) {
    const token = hashToken(row[property])
    values[property] = token === undefined ? row[property] : await hasher.valueOf(token, found?.valueOf(property))
  }
  return values
}

function keyOf(row: SeedRow, number: number, rows: EntityRows, seen: Map<string, number>): SeedRow {
  const { key, name, file } = rows
  const refused = (reason: string) =>
    new GodwitError('GODWIT_SEED_ROW', { seed: name, row: number, key: inWords(key, row), reason }, { file })
  const missing = key.filter((property) => row[property] === undefined)
  if (missing.length > 0) throw refused(`it says nothing of its key ${missing.join(', ')}`)
  const empty = key.filter((property) => row[property] === null)
  if (empty.length > 0) throw refused(`its key ${empty.join(', ')} is null`)
  const secret = key.find((property) => hashToken(row[property]))
  if (secret !== undefined) throw refused(`${secret}: a hash cannot be part of the key`)
  const where = Object.fromEntries(key.map((property) => [property, row[property]]))
  const id = JSON.stringify(key.map((property) => String(row[property])))
  const other = seen.get(id)
  if (other !== undefined) throw refused(`row ${other} has the same key`)
  seen.set(id, number)
  return where
}

function refuseKey({ name, file, at, key, known, documents }: EntityRows): void {
  // A collection is made with its first document; of what is unique there it has its `_id` alone.
  if (known === undefined && !documents)
    throw new GodwitError('GODWIT_SEED_PLACE', { seed: name, place: at.place, documents }, { file })
  const unique = known?.unique ?? [['_id']]
  const columns = key.map((property) => at.columnOf(property))
  const missing = key.filter((_, i) => columns[i] === undefined)
  const isUnique = unique.some((each) => each.length > 0 && each.every((column) => columns.includes(column)))
  if (missing.length === 0 && isUnique) return
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const create = documents
    ? `db.collection('${at.place}').createIndex({ ${columns.map((column) => `${column}: 1`).join(', ')} }, { unique: true })`
    : `CREATE UNIQUE INDEX ON ${at.place.split('.').map(quoted).join('.')} (${columns.map((column) => quoted(column ?? '')).join(', ')})`
  throw new GodwitError('GODWIT_SEED_KEY', { seed: name, place: at.place, key, missing, create }, { file })
}

function rowFailed(
  { name, file, key }: EntityRows,
  row: number,
  where: SeedRow,
  error: unknown,
  { explain, hasher }: EntityTools,
): unknown {
  const known = explain(error)
  if (isGodwitError(known) && known.code !== 'GODWIT_SERVER_REFUSED') return known
  hasher.clean(known)
  const server = isGodwitError(known) ? known.details.server : undefined
  const reason = server?.message ?? (known instanceof Error ? known.message : String(known))
  return new GodwitError(
    'GODWIT_SEED_ROW',
    { seed: name, row, key: inWords(key, where), reason },
    { file, cause: known },
  )
}

function inWords(key: readonly string[], row: SeedRow): string | undefined {
  const said = key.filter((property) => row[property] !== undefined && hashToken(row[property]) === undefined)
  return said.length === 0 ? undefined : said.map((property) => `${property} = ${String(row[property])}`).join(', ')
}
