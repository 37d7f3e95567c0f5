import type { SeedBatch, SeedCounts, Seeding, SeedStore } from '../databases/seeding.js'
import type { EntityPlace, Orm, OrmContext, OrmSession } from '../formats/contract.js'
import { batchesOf, type RowsOf } from './batches.js'
import type { RowsSeed } from './definition.js'
import { putEntities } from './entity.js'
import { hashing } from './hash-rows.js'
import type { Hasher } from './hasher.js'
import type { LoadedSeed } from './load.js'
import type { PasswordGuard } from './passwords.js'
import { placeOfSeed } from './places.js'
import { resolving } from './resolve.js'
import { type Settling, settled } from './settle.js'
import { untilStop } from './stop.js'

/** Documents are compared and written by batches, and are worth a question to the server each. */
const DOCUMENTS_AT_ONCE = 1_000
/** Rows that are sent on at once: more of them would outlive the small collections of garbage. */
const ROWS_AT_ONCE = 100

/** What a seed works with while its transaction is open. */
export interface SeedAtWork {
  seeding: Seeding
  store: SeedStore
  /** Every seed of the project, for references. */
  seeds: readonly LoadedSeed[]
  environment: string
  /** Absolute. */
  projectDir: string
  /** The column of a reference that names none. */
  idColumn: string
  hasher: Hasher
  guard: PasswordGuard
  orm: Orm | undefined
  ormContext: () => OrmContext
  /** The ORM, opened when it is first asked for. */
  session: () => Promise<OrmSession>
  /** An error of the server or the driver as a GodwitError. */
  explain: (error: unknown) => unknown
  log: (line: string) => void
  signal?: AbortSignal | undefined
  onRows: (rows: number) => void
}

interface Given {
  /** The seed, and its file relative to the project. */
  name: string
  file: string
  key: readonly string[]
  rows: RowsSeed['rows']
  onExisting: 'keep' | 'update'
}

/** Puts rows into a table or a collection. */
export async function putTableRows(given: Given & { place: string }, work: SeedAtWork): Promise<SeedCounts> {
  const { name, file, place, key, onExisting } = given
  const known = (await work.store.places([place])).get(place)
  const where = { name, file, seeding: work.seeding, place, key, known }
  const batches = batchesFor(given, known?.unique ?? [], work, [hashing(work.hasher, where)])
  try {
    return await work.seeding.upsert({ place, key, onExisting, seed: name, file, batches, onRows: work.onRows })
  } catch (error) {
    work.hasher.clean(error)
    throw error
  }
}

/** Puts rows of an entity there, through the ORM. */
export async function putEntityRows(
  given: Given & { entity: unknown; at: EntityPlace },
  work: SeedAtWork,
): Promise<SeedCounts> {
  const { seeding, hasher, explain, onRows } = work
  const known = (await work.store.places([given.at.place])).get(given.at.place)
  const unique = (known?.unique ?? []).map((columns) => columns.map((column) => given.at.propertyOf(column) ?? column))
  const batches = batchesFor(given, unique, work)
  const documents = seeding.driver.kind === 'documents'
  const rows = { ...given, batches, known, documents, onRows }
  return putEntities(rows, { seeding, hasher, explain, session: await work.session() })
}

function batchesFor(
  { name, file, rows }: Given,
  unique: RowsOf['unique'],
  work: SeedAtWork,
  more: readonly Settling[] = [],
): AsyncIterable<SeedBatch> {
  const { seeding, environment, idColumn, seeds, guard, projectDir, signal } = work
  const atOnce = seeding.driver.kind === 'documents' ? DOCUMENTS_AT_ONCE : ROWS_AT_ONCE
  const source = batchesOf(rows, { env: environment }, { name, file, projectDir, unique, atOnce })
  const batches = guard.watched(untilStop(source, signal))
  const references = resolving({ name, file, seeding, placeOf: (to) => referredTo(to, seeds), idColumn })
  return settled(batches, [references, ...more])
}

function referredTo(to: string, seeds: readonly LoadedSeed[]): { place: string; columnOf: (field: string) => string } {
  const seed = seeds.find(({ name }) => name === to)
  const at = seed?.kind === 'entity' ? seed.at : undefined
  const columnOf = (field: string): string => {
    const [only, ...more] = at?.primary ?? []
    return at?.columnOf(field) ?? (field === 'id' && only !== undefined && more.length === 0 ? only : field)
  }
  return { place: (seed && placeOfSeed(seed)) ?? to, columnOf }
}
