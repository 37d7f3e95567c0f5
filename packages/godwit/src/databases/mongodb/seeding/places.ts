import type { Db } from 'mongodb'
import { GodwitError } from '../../../errors.js'
import type { SeedPlace, Upsert } from '../../seeding.js'
import { recordNames } from '../records.js'
import type { MongoSession } from '../session.js'

interface Index {
  key: Record<string, unknown>
  unique?: boolean
  partialFilterExpression?: Record<string, unknown>
}

/** What the server knows of collections; names without one are left out. Views have no index that is unique. */
export async function seedPlaces(
  db: Db,
  names: readonly string[],
): Promise<Map<string, SeedPlace & { view: boolean }>> {
  const wanted = new Set(names)
  // Not every server filters.
  const found = (await db.listCollections({}).toArray()).filter(({ name }) => wanted.has(name))
  return new Map(
    await Promise.all(
      found.map(async ({ name, type }) => {
        const view = type === 'view'
        const unique = view ? [] : await uniqueSets(db, name, type)
        return [name, { name, columns: [], references: [], unique, view }] as const
      }),
    ),
  )
}

async function uniqueSets(db: Db, name: string, type: string | undefined): Promise<string[][]> {
  const indexes = (await db.collection(name).listIndexes().toArray()) as Index[]
  const sets = indexes.filter((index) => index.unique && holdsForKeys(index)).map(({ key }) => Object.keys(key))
  return type === 'timeseries' ? sets : [['_id'], ...sets]
}

// A key is never null or missing, so a sparse index has every document with it; a partial one must say no more than that.
function holdsForKeys({ key, partialFilterExpression = {} }: Index): boolean {
  return Object.entries(partialFilterExpression).every(
    ([field, condition]) => field in key && JSON.stringify(condition) === '{"$exists":true}',
  )
}

/**
 * Refuses what cannot be filled by its key.
 *
 * @throws GodwitError GODWIT_SEED_KEY with the call that makes the index, GODWIT_SEED_INVALID for a view or a history
 */
export function refusePlace(place: SeedPlace & { view: boolean }, { seed, file, key }: Upsert): void {
  if (place.view)
    throw new GodwitError(
      'GODWIT_SEED_INVALID',
      { reason: `The seed '${seed}' fills ${place.name}, a view.` },
      { file },
    )
  if (place.unique.some((fields) => fields.every((field) => key.includes(field)))) return
  const fields = key.map((field) => `${/^[A-Za-z_]\w*$/.test(field) ? field : JSON.stringify(field)}: 1`).join(', ')
  const create = `await db.collection(${JSON.stringify(place.name)}).createIndex({ ${fields} }, { unique: true })`
  throw new GodwitError('GODWIT_SEED_KEY', { seed, place: place.name, key, missing: [], create }, { file })
}

/** A collection that is made by the first document. */
export function newPlace(name: string): SeedPlace & { view: boolean } {
  return { name, columns: [], references: [], unique: [['_id']], view: false }
}

/** Names of collections that are no data of the project: histories, the lock of the format's own tool, Godwit's own. */
export async function keptNames({ records, history, options }: MongoSession): Promise<Set<string>> {
  const histories = await records.steps.distinct('history')
  const own = [...recordNames(options.schema), history.name, ...histories]
  return new Set(history.peerLock === undefined ? own : [...own, history.peerLock.name])
}
