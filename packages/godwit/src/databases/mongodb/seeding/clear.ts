import { GodwitError } from '../../../errors.js'
import type { Cleared, ClearRequest } from '../../seeding.js'
import { commit, holdFence, mustHold } from '../holding.js'
import type { MongoSession } from '../session.js'
import { entryOf, nextEntry } from './entry.js'
import { keptNames } from './places.js'
import type { Within } from './transaction.js'

/** More than this is not put into one transaction. */
const TRANSACTION_ROWS = 50_000
const EXACTLY = { promoteValues: false, promoteLongs: false, promoteBuffers: false } as const
const CLEAR = { name: 'the clear', file: undefined }

/** What a clear would take, counted. */
export async function forecast(session: MongoSession, request: ClearRequest): Promise<Cleared[]> {
  const counted = 'all' in request ? await countAll(session) : await countSeeded(session, request.seeds)
  return [...counted]
    .filter(([, rows]) => rows > 0)
    .map(([place, rows]) => ({ place, rows }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
}

async function countAll(session: MongoSession): Promise<Map<string, number>> {
  const { db } = session.connection
  const counted = new Map<string, number>()
  for (const name of await projectCollections(session)) counted.set(name, await db.collection(name).countDocuments())
  return counted
}

async function projectCollections(session: MongoSession): Promise<string[]> {
  const kept = await keptNames(session)
  const found = await session.connection.db.listCollections({}).toArray()
  return found
    .filter(({ name, type }) => type !== 'view' && !kept.has(name) && !name.startsWith('system.'))
    .map(({ name }) => name)
    .sort()
}

async function countSeeded(
  { connection, records, history }: MongoSession,
  seeds: readonly string[],
): Promise<Map<string, number>> {
  const counted = new Map<string, number>()
  for await (const { place, ids } of records.seedRows.find(partsOfSeeds(history.name, seeds), EXACTLY)) {
    const rows = await connection.db.collection(place).countDocuments({ _id: { $in: ids ?? [] } })
    counted.set(place, (counted.get(place) ?? 0) + rows)
  }
  return counted
}

/**
 * Takes away what was told. Where the server has transactions it is one, unless it is too much for that; what stops in the middle
 * elsewhere is gone on with by asking again.
 *
 * @throws GodwitError GODWIT_SEED_CLEAR_CHANGED, GODWIT_LEASE_LOST
 */
export async function clear(
  session: MongoSession,
  request: ClearRequest,
  told: readonly Cleared[],
): Promise<Cleared[]> {
  const now = await forecast(session, request)
  for (const { place, rows } of now) {
    const before = told.find((each) => each.place === place)?.rows ?? 0
    if (rows > before) throw new GodwitError('GODWIT_SEED_CLEAR_CHANGED', { place, told: before, now: rows })
  }
  const total = now.reduce((sum, { rows }) => sum + rows, 0)
  const { connection } = session
  if (!connection.transactions || total > TRANSACTION_ROWS) return take(session, request, {})
  const transaction = connection.client.startSession()
  try {
    transaction.startTransaction({ writeConcern: { w: 'majority' } })
    const taken = await take(session, request, { session: transaction })
    await holdFence(session, CLEAR, transaction)
    await commit(transaction)
    return taken
  } finally {
    await transaction.endSession()
  }
}

async function take(session: MongoSession, request: ClearRequest, within: Within): Promise<Cleared[]> {
  const { connection, records } = session
  const taken = new Map<string, number>()
  const bySeed = new Map<string, number>()
  const parts = records.seedRows.find(
    'all' in request ? inserting : partsOfSeeds(session.history.name, request.seeds),
    {
      ...EXACTLY,
      ...within,
      sort: { _id: -1 },
    },
  )
  for await (const { _id, seed, place, ids } of parts) {
    await mustHold(session, CLEAR, 'kept')
    const { deletedCount } = await connection.db.collection(place).deleteMany({ _id: { $in: ids ?? [] } }, within)
    taken.set(place, (taken.get(place) ?? 0) + deletedCount)
    bySeed.set(seed, (bySeed.get(seed) ?? 0) + deletedCount)
    await records.seedRows.deleteOne({ _id }, within)
  }
  if ('all' in request)
    for (const place of await projectCollections(session)) {
      await mustHold(session, CLEAR, 'kept')
      const { deletedCount } = await connection.db.collection(place).deleteMany({}, within)
      taken.set(place, (taken.get(place) ?? 0) + deletedCount)
    }
  await record(session, bySeed, within)
  return [...taken].filter(([, rows]) => rows > 0).map(([place, rows]) => ({ place, rows }))
}

const inserting = { ids: { $exists: true } }

// Another project may have a seed of that name in the same database.
function partsOfSeeds(history: string, seeds: readonly string[]) {
  return { ...inserting, history, seed: { $in: [...seeds] } }
}

async function record(session: MongoSession, bySeed: ReadonlyMap<string, number>, within: Within): Promise<void> {
  const { seeds } = session.records
  const history = session.history.name
  for (const [name, deleted] of bySeed) {
    const { hash = '', environment = '' } =
      (await seeds.findOne({ history, name }, { ...within, sort: { _id: -1 } })) ?? {}
    const entry = { name, hash, environment, outcome: 'cleared', deleted } as const
    await seeds.insertOne(entryOf(session, await nextEntry(session, within), entry), within)
  }
}
